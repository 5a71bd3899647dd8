/** What a reason code says, and what can be done about it. Codes: domain.md §0, and those of design §5. */
export interface ReasonText {
  readonly nl: string
  readonly en: string
  readonly next: { readonly nl: string; readonly en: string }
}

const row = (nl: string, en: string, nextNl: string, nextEn: string): ReasonText => {
  return { nl, en, next: { nl: nextNl, en: nextEn } }
}

export const REASONS = {
  PARTNER_SUSPENDED: row(
    'de partner is geschorst',
    'the partner is suspended',
    'vraag het partnerloket',
    'ask the partner desk',
  ),
  AGREEMENT_MISSING: row(
    'er is geen overeenkomst, wet of autorisatie tussen deze partijen',
    'there is no agreement, statute or authorisation between these parties',
    'sluit een overeenkomst',
    'conclude an agreement',
  ),
  AGREEMENT_EXPIRED: row(
    'de overeenkomst is verlopen',
    'the agreement has ended',
    'verleng de overeenkomst en stuur een nieuw bericht',
    'renew the agreement and send a new message',
  ),
  PURPOSE_MISMATCH: row(
    'het doel past niet bij de doelbinding van de gegevens',
    'the purpose does not fit the limits of the data',
    'kies een passend doel, of vraag de herkomstpartij',
    'choose a purpose that fits, or ask the originator',
  ),
  NO_LEGAL_BASIS: row(
    'er is geen grondslag voor precies deze overdracht',
    'no legal basis allows exactly this hand-off',
    'kies ontvanger, doel en grondslag die de wet toelaat',
    'choose recipient, purpose and basis that the law allows',
  ),
  BASIS_NOT_IN_FORCE: row(
    'de grondslag is niet in werking',
    'the basis is not in force',
    'wacht op inwerkingtreding',
    'wait until it is in force',
  ),
  WPG_CLASS_NOT_SHAREABLE: row(
    'deze Wpg-klasse mag op deze grondslag niet worden verstrekt',
    'this Wpg class may not be provided on this basis',
    'laat het veld weg',
    'leave the field out',
  ),
  WPG_CLASS_UNSTATED: row(
    'van dit veld is geen Wpg-klasse vermeld',
    'no Wpg class was stated for this field',
    'vermeld wpgClass of fieldClass',
    'state wpgClass or fieldClass',
  ),
  ORIGINATOR_CONSENT_MISSING: row(
    'de partij van wie de gegevens komen heeft niet ingestemd',
    'the party the data came from has not consented',
    'vraag de herkomstpartij om toestemming in haar overeenkomst',
    'ask the originator to consent in its agreement',
  ),
  NO_ADEQUACY_OR_SAFEGUARD: row(
    'voor dit land ontbreekt een adequaatheidsbesluit of waarborg',
    'there is no adequacy decision or safeguard for this country',
    'maak een beoordeling van dit land, of noem een grond',
    'assess this country, or state a ground',
  ),
  APPROVAL_PENDING: row(
    'een vereiste goedkeuring ontbreekt nog',
    'a required approval is still missing',
    'wacht op de goedkeuring, of voeg het bewijsstuk toe',
    'wait for the approval, or attach the evidence',
  ),
  APPROVER_NOT_COMPETENT: row(
    'wie goedkeurde, was daartoe niet bevoegd',
    'whoever approved was not competent',
    'laat een andere, bevoegde persoon beslissen',
    'let another, competent person decide',
  ),
  APPROVAL_REFUSED: row(
    'de goedkeuring is geweigerd',
    'the approval was refused',
    'stuur alleen een nieuw bericht als de zaak is veranderd',
    'send a new message only if the matter has changed',
  ),
  RISK_ASSESSMENT_MISSING: row(
    'een gevalideerde risicotaxatie over deze persoon ontbreekt',
    'a validated risk assessment about this person is missing',
    'stuur opnieuw met de risicotaxatie als bewijsstuk',
    'send again with the risk assessment as evidence',
  ),
  RISK_ASSESSMENT_STALE: row(
    'de risicotaxatie is verlopen',
    'the risk assessment is out of date',
    'vraag een nieuwe risicotaxatie',
    'ask for a new risk assessment',
  ),
  CRITERION_NOT_MET: row(
    'aan het criterium is niet voldaan',
    'the criterion is not met',
    'geen: een ernstig zedenfeit en meer dan een kale melding zijn nodig',
    'none: a serious sexual offence and more than a bare tip are needed',
  ),
  OFFENCE_BELOW_THRESHOLD: row(
    'dit delict is geen ernstig misdrijf: het staat niet op de lijst of het maximum is te laag',
    'this offence is no serious crime: it is not on the list or its maximum is too low',
    'geen: voor dit delict kan dit niet',
    'none: not for this offence',
  ),
  RETENTION_EXPIRED: row(
    'de bewaartermijn is voorbij: deze gegevens hadden gewist moeten zijn',
    'the retention term is over: these data should have been erased',
    'wis de gegevens',
    'erase the data',
  ),
  FREE_USE_PERIOD_OVER: row(
    'na een jaar mogen deze gegevens alleen nog worden vergeleken (Wpg 8)',
    'after a year these data may only be compared (Wpg 8)',
    'vergelijk, en gebruik wat daaruit komt',
    'compare, and use what comes of it',
  ),
  PAYLOAD_INCONSISTENT: row(
    'de inhoud is niet met zichzelf in overeenstemming',
    'the content contradicts itself',
    'verbeter de inhoud en stuur een nieuw bericht met supersedes',
    'mend the content and send a new message with supersedes',
  ),
  SPECIAL_CATEGORY_NOT_UNAVOIDABLE: row(
    'bijzondere gegevens (geloof, gezondheid, afkomst, een kind) zijn hier niet onvermijdelijk',
    'special categories (religion, health, origin, a child) are not unavoidable here',
    'haal ze weg, of laat ze weglaten',
    'remove them, or let them be left out',
  ),
  CONSENT_MISSING: row(
    'de toestemming van de betrokkene ontbreekt',
    'the consent of the person is missing',
    'vraag toestemming en stuur een nieuw bericht met supersedes',
    'ask for consent and send a new message with supersedes',
  ),
  CONSENT_WITHDRAWN: row(
    'de betrokkene heeft de toestemming ingetrokken',
    'the person has withdrawn the consent',
    'stuur alleen een nieuw bericht als de betrokkene opnieuw toestemt',
    'send a new message only if the person consents again',
  ),
  OUT_OF_WINDOW: row(
    'de geldigheid is voorbij',
    'the validity is over',
    'stuur een nieuw bericht met een geldige termijn',
    'send a new message with a valid term',
  ),
  FIELD_FORBIDDEN: row(
    'dit veld is niet voor deze ontvanger',
    'this field is not for this recipient',
    'niets: het veld wordt weggelaten',
    'nothing: the field is left out',
  ),
  HUMAN_REVIEW_REQUIRED: row(
    'een mens moet hier eerst naar kijken',
    'a person must look at this first',
    'laat het nakijken en stuur een nieuw bericht met supersedes',
    'have it reviewed and send a new message with supersedes',
  ),
  HUMAN_RIGHTS_RISK: row(
    'er dreigt de doodstraf of mishandeling',
    'there is a risk of the death penalty or ill-treatment',
    'verkrijg een toezegging',
    'obtain an assurance',
  ),
  INTERPOL_ART3: row(
    'het bericht kan strijdig zijn met art. 3 van het Interpol-statuut',
    'the message may conflict with art. 3 of the INTERPOL Constitution',
    'wacht op wie aan het statuut toetst',
    'wait for whoever reviews under the Constitution',
  ),
  QUALITY_UNRATED: row(
    'de evaluatie (4×4) ontbreekt',
    'the 4×4 evaluation is missing',
    'stuur een nieuw bericht met evaluatie',
    'send a new message with an evaluation',
  ),
  SOURCE_PROTECTED: row(
    'bron, melder of slachtoffer wordt beschermd',
    'source, reporter or victim is protected',
    'laat de identiteit weg; vraag door via het meldpunt',
    'leave the identity out; ask through the hotline',
  ),
  WITHHELD_BY_SENDER: row(
    'de afzender heeft dit veld zelf weggelaten',
    'the sender left this field out',
    'vraag de afzender',
    'ask the sender',
  ),
  UNDER_REVIEW: row('wordt beoordeeld', 'under review', 'wacht op bericht', 'wait for word'),
  RULE_ERROR: row(
    'de regels konden niet worden toegepast; bij twijfel wordt niets overgedragen',
    'the rules could not be applied; in doubt nothing is handed over',
    'meld dit aan de beheerder, met het nummer van de overdracht',
    'report this to the operator, with the id of the hand-off',
  ),
} as const satisfies Record<string, ReasonText>

export type ReasonCode = keyof typeof REASONS

export const isReasonCode = (code: string): code is ReasonCode => Object.hasOwn(REASONS, code)
