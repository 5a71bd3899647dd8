"""A partner's side of its Kafka topics, with jwcrypto, sd-jwt and cryptography only: nothing of Schakel's own code.

  partner-kafka.py seal --identity DIR --keys keys.json --message message.json --out message.jwe
      makes a message, prints the options for kcat: one `-H` and one header a line
  partner-kafka.py open --identity DIR --keys keys.json --certificates DIR --endpoint URN
      reads what `kcat -C -J` prints, one record a line, and prints what each one says

DIR of --identity: sign.key.pem, sign.cert.pem, seal.key.pem. keys.json: GET /v1/keys. DIR of --certificates: <thumbprint>.pem of
senders, GET /v1/certificates/<thumbprint>.
"""
import argparse
import base64
import hashlib
import json
import pathlib
import random
import sys
import time
import uuid
from datetime import datetime, timezone

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

SCHEMAS = "https://schakel.example.nl/schemas/"
CONTEXT = ["occurredAt", "regime", "wpgClass", "fieldClass", "handling", "evaluation", "personCategory", "factOrOpinion", "retainUntil"]
TO_EXCHANGE = {"evidence": [], "origin": "own", "withheldBySender": []}


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def thumbprint(pem):
    return base64url(hashlib.sha256(x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)).digest())


def algorithm(key):
    found = {"EC": "ES256", "RSA": "PS256"}.get(key["kty"])
    if found is None:
        sys.exit("sd-jwt 0.10.4 signs with ES256 or PS256: ask for a signing certificate on P-256 or RSA")
    return found


def in_force(keys, now, **wanted):
    def moment(text):
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()

    fits = [one for one in keys if moment(one["from"]) <= now < moment(one["until"]) and wanted.items() <= one["jwk"].items()]
    return max(fits, key=lambda one: moment(one["from"]))


def terms_and_context(message):
    """Always eight terms, unused ones null, at places that chance chose; a member of context that is not given is null."""
    terms = message.get("terms", []) + [None] * (8 - len(message.get("terms", [])))
    random.SystemRandom().shuffle(terms)
    return terms, {name: message["context"].get(name) for name in CONTEXT}


def seal(options):
    identity = pathlib.Path(options.identity)
    keys = json.loads(pathlib.Path(options.keys).read_text())
    message = json.loads(pathlib.Path(options.message).read_text())
    now = int(time.time())
    key = JWK.from_pem((identity / "sign.key.pem").read_bytes())
    certificate = thumbprint((identity / "sign.cert.pem").read_bytes())
    jti = message.get("id") or str(uuid.uuid4())
    subject = message.get("subject") or jti
    terms, context = terms_and_context(message)
    to_exchange = {"subject": subject, "preparedBy": message["preparedBy"], **TO_EXCHANGE, **message.get("toExchange", {})}
    claims = {
        "iss": message["from"],
        "aud": keys["exchange"],
        "jti": jti,
        "iat": now,
        "submitBy": now + 3600,
        "vct": message["type"],
        "cnf": {"jwk": in_force(keys["label"], now)["jwk"]},
        "terms": [SDObj(one) for one in terms],
        SDObj("toExchange"): to_exchange,
        "context": {SDObj(name): value for name, value in context.items()},
        "data": {SDObj(name): value for name, value in message["data"].items()},
    }
    SDJWTIssuer.SD_JWT_HEADER = "schakel-message+sd-jwt"
    header = {"kid": certificate, "x5t#S256": certificate}
    signed = SDJWTIssuer(claims, key, sign_alg=algorithm(key), extra_header_parameters=header).sd_jwt_issuance
    intake = in_force(keys["intake"], now, kty="EC")
    protected = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": intake["kid"], "typ": "JWE", "cty": "schakel-message+sd-jwt"}
    jwe = JWE(signed.encode(), protected=json.dumps(protected))
    jwe.add_recipient(JWK.from_json(json.dumps(intake["jwk"])))
    pathlib.Path(options.out).write_text(jwe.serialize(compact=True))
    stamp = datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    attributes = {"specversion": "1.0", "id": jti, "source": message["from"], "type": message["type"], "subject": subject, "time": stamp, "dataschema": SCHEMAS + message["type"]}
    for name, value in attributes.items():
        print(f"-H ce_{name}={value}")
    print("-H content-type=application/jose")


def decrypted(value, identity):
    jwe = JWE()
    jwe.deserialize(value, JWK.from_pem((identity / "seal.key.pem").read_bytes()))
    return jwe.payload.decode()


def sender_key(certificates, issuer, header):
    """The certificate that the signature names, and only if it is that sender's own."""
    certificate = x509.load_pem_x509_certificate((certificates / (header["x5t#S256"] + ".pem")).read_bytes())
    oin = certificate.subject.get_attributes_for_oid(x509.NameOID.SERIAL_NUMBER)[0].value
    if issuer.split(":")[3] != oin:
        raise ValueError("the certificate is another's")
    return JWK.from_pyca(certificate.public_key())


def open_handoff(presentation, handoff, options, keys):
    certificates = pathlib.Path(options.certificates)
    verifier = SDJWTVerifier(presentation, lambda issuer, header: sender_key(certificates, issuer, header), options.endpoint, handoff)
    content = verifier.get_verified_payload()
    if content["cnf"]["jwk"] not in [one["jwk"] for one in keys["label"]]:
        raise ValueError("not labelled by the exchange")
    label = JWS()
    label.deserialize(presentation.rsplit("~", 1)[1], JWK.from_json(json.dumps(content["cnf"]["jwk"])))
    said = json.loads(label.payload)
    return {"handoff": handoff, "from": content["iss"], "type": content["vct"], "context": content["context"], "data": content["data"], "terms": content["terms"], "obligations": said["obligations"], "label": said["label"], "sdHash": said["sd_hash"]}


def senders(presentation):
    header = json.loads(base64.urlsafe_b64decode(presentation.split(".")[0] + "=="))
    return header["x5t#S256"]


def read(record, options, keys, identity):
    pairs = record["headers"]
    headers = dict(zip(pairs[::2], pairs[1::2]))
    event = headers["ce_type"]
    if event == "nl.schakel.refused.v1":
        return {"refused": json.loads(record["payload"])}
    plain = decrypted(record["payload"], identity)
    if event == "nl.schakel.status.v1":
        return {"status": json.loads(plain)}
    if not (pathlib.Path(options.certificates) / (senders(plain) + ".pem")).exists():
        return {"fetch": senders(plain)}
    return open_handoff(plain, headers["ce_id"], options, keys)


def open_all(options):
    keys = json.loads(pathlib.Path(options.keys).read_text())
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(read(json.loads(line), options, keys, pathlib.Path(options.identity))))


parser = argparse.ArgumentParser()
commands = parser.add_subparsers(required=True)
for name, run, wanted in (("seal", seal, ["identity", "keys", "message", "out"]), ("open", open_all, ["identity", "keys", "certificates", "endpoint"])):
    command = commands.add_parser(name)
    command.set_defaults(run=run)
    for option in wanted:
        command.add_argument(f"--{option}", required=True)
arguments = parser.parse_args()
arguments.run(arguments)
