/** code → text per language and the next step for who must act. `docs/errors.md` is checked against this table both ways. */
export interface FailureText {
  readonly nl: string
  readonly en: string
  /** What to do next, in English: who acts is the family. */
  readonly next: string
}

const row = (nl: string, en: string, next: string): FailureText => ({ nl, en, next })

export const FAILURES = {
  // MSG_: the sender mends the message; the same bytes are never sent again.
  MSG_SIZE: row('bericht te groot', 'message too large', 'split it, or send large content as an attachment'),
  MSG_FRAMING: row(
    'geen geldige JWE in compacte vorm',
    'not a JWE in compact form',
    'send one compact JWE, content type application/jose',
  ),
  MSG_JWE_HEADER: row(
    'JWE-kop niet toegestaan',
    'JWE header not allowed',
    'use only alg enc kid epk typ cty ho as in the profile',
  ),
  MSG_SEAL: row(
    'verzegeling kan niet worden geopend',
    'the seal cannot be opened',
    'seal again to the current intake key',
  ),
  MSG_INTAKE_KEY: row(
    'intakesleutel onbekend of vervallen',
    'intake key unknown or expired',
    'fetch the current intake keys and seal again',
  ),
  MSG_ENCODING: row(
    'base64url, UTF-8 of JSON is niet strikt geldig',
    'base64url, UTF-8 or JSON is not strictly valid',
    'encode canonically, without spaces, padding or trailing bytes',
  ),
  MSG_DUPLICATE_MEMBER: row(
    'JSON-lid komt twee keer voor',
    'a JSON member occurs twice',
    'send each member once',
  ),
  MSG_ALG: row(
    'algoritme niet toegestaan voor deze partner',
    'algorithm not allowed for this partner',
    'sign with an algorithm of your allow-list',
  ),
  MSG_HEADER: row(
    'kop van de handtekening niet toegestaan',
    'signature header not allowed',
    'use only alg typ kid x5t#S256',
  ),
  MSG_HEADER_KEY: row(
    'kop van de handtekening brengt zelf een sleutel mee',
    'the signature header brings its own key',
    'name your registered certificate by x5t#S256 only',
  ),
  MSG_HEADER_CRIT: row(
    'kop van de handtekening verandert de verwerking',
    'the signature header changes the processing',
    'leave out crit, b64 and zip',
  ),
  MSG_TYP: row('typ van het bericht klopt niet', 'wrong typ', 'use typ schakel-message+sd-jwt'),
  MSG_SIGNATURE: row(
    'handtekening ongeldig',
    'signature invalid',
    'sign again with the key of the named certificate',
  ),
  MSG_CLAIM: row(
    'verplicht veld ontbreekt of heeft een verkeerde vorm',
    'a required claim is missing or malformed',
    'see the pointer',
  ),
  MSG_AUD: row(
    'bericht is niet voor deze uitwisseling bestemd',
    'the message is not for this exchange',
    'set aud to this exchange',
  ),
  MSG_CNF: row(
    'cnf is niet de labelsleutel van deze uitwisseling',
    'cnf is not a label key of this exchange',
    'fetch the current label key',
  ),
  MSG_LATE: row('uiterste indieningstijd voorbij', 'submitBy has passed', 'make a new message with a new id'),
  MSG_FUTURE: row('bericht komt uit de toekomst', 'the message comes from the future', 'set your clock'),
  MSG_SUBMIT_BY: row(
    'submitBy ligt meer dan 24 uur na iat',
    'submitBy is more than 24 hours after iat',
    'choose a nearer submitBy',
  ),
  MSG_ID_REUSED: row(
    'bericht-id is al gebruikt voor andere inhoud',
    'the message id was used for other content',
    'use a fresh id for each message',
  ),
  MSG_ROUTE: row(
    'route wijkt af van wat is ondertekend',
    'the route differs from what was signed',
    'send the outer attributes exactly as signed',
  ),
  MSG_SUBJECT: row(
    'subject noemt een overdracht die de afzender niet kent',
    'subject names a hand-off this sender neither sent nor got',
    'use a case reference of your own or your hand-off id',
  ),
  MSG_SUPERSEDES: row(
    'supersedes noemt geen eigen overdracht in deze zaak',
    'supersedes names no hand-off of this sender and case',
    'name your own hand-off of this case',
  ),
  MSG_IN_REPLY_TO: row(
    'inReplyTo noemt geen ontvangen overdracht',
    'inReplyTo names no hand-off that reached this sender',
    'name the hand-off you answer',
  ),
  MSG_SCHEMA: row(
    'schema onbekend of niet meer in gebruik',
    'schema unknown or past its sunset',
    'use a published type and version',
  ),
  MSG_DATA: row('gegevens passen niet in het schema', 'the data does not fit the schema', 'see the pointer'),
  MSG_DISCLOSURE: row(
    'onthulling ontbreekt, is te veel of staat op de verkeerde plaats',
    'a disclosure is missing, surplus or misplaced',
    'disclose every digest but those in withheldBySender',
  ),
  MSG_FACTS_STRIPPED: row(
    'een verplicht contextgegeven is weggelaten',
    'a context member was stripped',
    'disclose every context member',
  ),
  MSG_DIGEST_PLACE: row(
    'digest op een plaats waar er geen mag staan',
    'a digest in a place where none may be',
    'follow the shape of the message',
  ),
  MSG_RECIPIENTS: row(
    'niet één tot acht ontvangers',
    'not one to eight recipients',
    'name one to eight recipients in eight terms',
  ),
  MSG_RECIPIENT_UNKNOWN: row(
    'ontvanger onbekend',
    'recipient unknown',
    'use the urn of a registered endpoint',
  ),
  MSG_EVIDENCE: row(
    'bewijsstuk is geen label van deze uitwisseling voor deze afzender',
    'evidence is no label of this exchange for this sender',
    'attach labels exactly as you received them',
  ),
  MSG_EVIDENCE_WITHDRAWN: row(
    'bewijsstuk is ingetrokken',
    'evidence was withdrawn',
    'ask its source for a new one',
  ),
  MSG_CONTENT_PROHIBITED: row(
    'beeldmateriaal hoort niet in een bericht',
    'imagery has no place in a message',
    'send a hash or series reference only',
  ),
  MSG_APPROVAL: row(
    'goedkeuring noemt geen openstaande overdracht',
    'the approval names no held hand-off',
    'copy handOff, guard and digest from the request',
  ),
  MSG_ACK: row(
    'ontvangstbevestiging past niet bij een overdracht aan deze partner',
    'the acknowledgement fits no hand-off to this partner',
    'copy the hand-off id and its sd_hash',
  ),
  MSG_SCOPE: row(
    'dit bericht is alleen voor de uitwisseling zelf',
    'this type is for the exchange itself',
    'send it without recipients',
  ),
  // PEER_: the partner desk mends a key, an agreement or an address.
  PEER_UNKNOWN: row('afzender onbekend', 'sender unknown', 'register the endpoint'),
  PEER_IDENTITY: row(
    'mTLS-identiteit en afzender verschillen',
    'mTLS identity and sender differ',
    'connect with the certificate of the sender',
  ),
  PEER_KEY_UNKNOWN: row(
    'certificaat van de handtekening onbekend',
    'signing certificate unknown',
    'register the certificate',
  ),
  PEER_KEY_REVOKED: row('certificaat ingetrokken', 'certificate revoked', 'use a valid certificate'),
  PEER_KEY_EXPIRED: row(
    'certificaat verlopen of nog niet geldig',
    'certificate out of date',
    'renew the certificate',
  ),
  PEER_CERTIFICATE: row(
    'certificaat past niet in het profiel',
    'certificate outside the profile',
    'chain, key usage and OIN as in the PKI profile',
  ),
  PEER_SUSPENDED: row('partner geschorst', 'partner suspended', 'ask the partner desk'),
  PEER_RATE: row('te veel verzoeken', 'too many requests', 'wait as Retry-After says'),
  PEER_FORBIDDEN: row('niet van deze partner', 'not of this partner', 'use your own identifiers'),
  // OPS_: the operator; bounded retries with jitter.
  OPS_LOG: row(
    'logboek ontbreekt, is korter of een ander',
    'the log is missing, shorter or another one',
    'restore the log; never start an empty one',
  ),
  OPS_LOG_UNAVAILABLE: row('logboek tijdelijk niet beschikbaar', 'the log is unavailable', 'try again'),
  OPS_CLOCK: row('klok loopt uit de pas', 'the clock is off', 'set the clock'),
  OPS_CONTROL: row(
    'besturingsgegevens ontbreken of zijn te oud',
    'control data missing or too old',
    'restore the artefact or the connection',
  ),
  OPS_KEY: row('sleutel ontbreekt', 'a key is missing', 'restore the key store'),
  OPS_KEY_STORE: row('sleutelopslag niet beschikbaar', 'the key store is unavailable', 'try again'),
  OPS_REGISTRY: row(
    'schemaregister niet beschikbaar of wijkt af',
    'schema registry unavailable or different',
    'check the registry',
  ),
  OPS_LEDGER: row(
    'register korter dan het eigen ijkpunt',
    'the ledger is shorter than its checkpoint',
    'restore the tiles; never continue',
  ),
  OPS_DELIVERY: row('aflevering mislukt', 'delivery failed', 'check the address of the partner'),
  OPS_UNREACHABLE: row(
    'uitwisseling niet bereikbaar',
    'the exchange cannot be reached',
    'check address and network; the message waits in the outbox',
  ),
  OPS_DATA: row(
    'gegevensmap ontbreekt of is van een ander',
    'data directory missing or foreign',
    'check SCHAKEL_DATA',
  ),
  OPS_KAFKA: row(
    'Kafka is niet bereikbaar of weigert',
    'Kafka cannot be reached or refuses',
    'see what it says; schakel doctor compares the cluster with infra/kafka/topics.json',
  ),
  OPS_CONFIG: row(
    'store.json klopt niet',
    'store.json is not right',
    'mend the member that the pointer names',
  ),
  OPS_USAGE: row('aanroep klopt niet', 'wrong usage', 'see --help'),
  OPS_STORY_WAITS: row(
    'in dit verhaal verstrijkt tijd: dat speelt alleen een test met een eigen klok',
    'time passes in this story: only a test with a clock of its own plays it',
    'choose a story without waits',
  ),
  OPS_NOT_FOUND: row('niet gevonden', 'not found', 'check the id'),
  // BUG_: the developer.
  BUG_UNEXPECTED: row('onverwachte fout', 'unexpected error', 'report it with the id'),
  BUG_INVARIANT: row('aanname geschonden', 'invariant broken', 'report it with the id'),
  BUG_PARKED: row(
    'bericht is geparkeerd na herhaalde fouten',
    'parked after repeated errors',
    'schakel redrive after the fix',
  ),
} as const satisfies Record<string, FailureText>
