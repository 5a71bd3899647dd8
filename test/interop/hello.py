"""A partner in Python, with foreign libraries only: jwcrypto 1.5.6, sd-jwt 0.10.4, cryptography. No line of Schakel is in it.

    python3 hello.py keys <folder>   makes P-256 keys and certificate requests for the folder that `schakel partner new` wrote
    python3 hello.py hello <folder>  publishes a test of its own connection and a tip, reads its inbox, acknowledges
"""
import base64
import datetime
import hashlib
import http.client
import json
import os
import pathlib
import ssl
import sys
import time
import urllib.parse
import uuid

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from jwcrypto import jws
from jwcrypto.jwa import JWA
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

USES = ("sign", "seal", "tls")
EXCHANGE_OIN = "00000099000000000001"
SUBMIT_WITHIN = 24 * 3600
CONTEXT = ("occurredAt", "regime", "wpgClass", "fieldClass", "handling", "evaluation", "personCategory", "factOrOpinion", "retainUntil")

# RFC 9864 names what jwcrypto still calls EdDSA.
JWA.algorithms_registry["Ed25519"] = JWA.algorithms_registry["EdDSA"]
jws.default_allowed_algs.append("Ed25519")


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def partner_of(folder):
    (path,) = (folder / "contracts/partner").glob("*.json")
    return json.loads(path.read_text())


def make_keys(folder):
    """A P-256 key for each use and a PKCS#10 request (RFC 2986) that names the OIN in serialNumber."""
    partner = partner_of(folder)
    for use in USES:
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        path = folder / f"identity/{use}.key.pem"
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        name = x509.Name([
            x509.NameAttribute(NameOID.COUNTRY_NAME, "NL"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, partner["name"]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{partner['id']} {use}"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, partner["oin"]),
        ])
        request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
        (folder / f"identity/{use}.request.pem").write_bytes(request.public_bytes(serialization.Encoding.PEM))


def oin_of(certificate):
    (attribute,) = certificate.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)
    return attribute.value


class Partner:
    def __init__(self, folder):
        partner = partner_of(folder)
        (endpoint,) = partner["endpoints"]
        self.urn = f"urn:nld:oin:{partner['oin']}:systeem:{endpoint}"
        self.endpoint = endpoint
        identity = folder / "identity"
        self.ca = x509.load_pem_x509_certificate((identity / "ca.pem").read_bytes())
        self.sign, self.seal = (JWK.from_pem((identity / f"{use}.key.pem").read_bytes()) for use in ("sign", "seal"))
        own = x509.load_pem_x509_certificate((identity / "sign.cert.pem").read_bytes())
        self.thumbprint = b64(own.fingerprint(hashes.SHA256()))
        gateway = urllib.parse.urlsplit(json.loads((folder / "connection.json").read_text())["gateway"])
        tls = ssl.create_default_context(cafile=identity / "ca.pem")
        tls.load_cert_chain(identity / "tls.cert.pem", identity / "tls.key.pem")
        self.http = http.client.HTTPSConnection(gateway.hostname, gateway.port, context=tls, timeout=60)
        self.http.connect()
        subject = {name: value for ((name, value),) in self.http.sock.getpeercert()["subject"]}
        assert subject["serialNumber"] == EXCHANGE_OIN, "not the exchange"

    def call(self, method, path, body=None, headers={}):
        self.http.request(method, path, body, headers)
        answer = self.http.getresponse()
        text = answer.read().decode()
        if answer.status >= 400:
            raise RuntimeError(f"{answer.status} {text}")
        return text

    def get(self, path):
        return json.loads(self.call("GET", path))

    def keys(self, kind):
        """Those in force now, the longest-lived P-256 one first."""
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        inForce = [key for key in self.get("/v1/keys")[kind] if key["from"] <= now < key["until"] and key["jwk"].get("crv") == "P-256"]
        return sorted(inForce, key=lambda key: key["until"], reverse=True)

    def type_named(self, name):
        types = [one for one in self.get("/v1/types")["types"] if one["name"] == name]
        vct = max(types, key=lambda one: one["version"])["vct"]
        return vct, self.get(f"/v1/types/{vct}")

    def publish(self, name, terms, data, context, prepared_by, subject=None, wait=20):
        """SD-JWT (RFC 9901) signed with our key, sealed (RFC 7516) to the intake key, sent with its CloudEvents attributes."""
        vct, schema = self.type_named(name)
        label, intake = self.keys("label")[0], self.keys("intake")[0]
        message_id, now = str(uuid.uuid4()), int(time.time())
        places = [*terms, *[None] * (8 - len(terms))]
        to_exchange = {"subject": subject or message_id, "evidence": [], "origin": "own", "preparedBy": prepared_by, "withheldBySender": []}
        claims = {
            "iss": self.urn,
            "aud": f"urn:nld:oin:{EXCHANGE_OIN}:systeem:schakel",
            "jti": message_id,
            "iat": now,
            "submitBy": now + SUBMIT_WITHIN,
            "vct": vct,
            "cnf": {"jwk": label["jwk"]},
            "terms": [SDObj(place) for place in places],
            SDObj("toExchange"): to_exchange,
            "context": {SDObj(member): context.get(member) for member in CONTEXT},
            "data": {SDObj(field["name"]): data.get(field["name"]) for field in schema["fields"]},
        }
        SDJWTIssuer.SD_JWT_HEADER = "schakel-message+sd-jwt"
        header = {"kid": self.thumbprint, "x5t#S256": self.thumbprint}
        issued = SDJWTIssuer(claims, self.sign, sign_alg="ES256", extra_header_parameters=header).sd_jwt_issuance
        protected = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM", "kid": intake["kid"], "typ": "JWE", "cty": "schakel-message+sd-jwt"}
        jwe = JWE(issued.encode(), protected=json.dumps(protected))
        jwe.add_recipient(JWK(**intake["jwk"]))
        attributes = {
            "specversion": "1.0",
            "id": message_id,
            "source": self.urn,
            "type": vct,
            "subject": to_exchange["subject"],
            "time": datetime.datetime.fromtimestamp(now, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "dataschema": f"https://schakel.example.nl/schemas/{vct}",
        }
        headers = {f"ce-{key}": value for key, value in attributes.items()}
        headers |= {"content-type": "application/jose", "prefer": f"wait={wait}"}
        return json.loads(self.call("POST", "/v1/messages", jwe.serialize(compact=True), headers))

    def sender_key(self, issuer, header):
        """The sender's certificate: under our anchor, not revoked, of the sender that the message names."""
        pem = self.call("GET", f"/v1/certificates/{header['x5t#S256']}").encode()
        certificate = x509.load_pem_x509_certificate(pem)
        certificate.verify_directly_issued_by(self.ca)
        assert b64(certificate.fingerprint(hashes.SHA256())) == header["x5t#S256"], "another certificate than named"
        assert issuer.startswith(f"urn:nld:oin:{oin_of(certificate)}:"), "not the sender's"
        crl = x509.load_pem_x509_crl(self.call("GET", "/v1/crl").encode())
        assert crl.is_signature_valid(self.ca.public_key()), "a foreign revocation list"
        assert crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is None, "revoked"
        return JWK.from_pyca(certificate.public_key())

    def open(self, item):
        """One hand-off: opened with our key, the sender's signature and the exchange's label verified over exactly this."""
        jwe = JWE()
        jwe.deserialize(item["jwe"], self.seal)
        presentation = jwe.payload.decode()
        verified = SDJWTVerifier(presentation, self.sender_key, self.urn, item["handoff"]).get_verified_payload()
        assert verified["cnf"]["jwk"] in [key["jwk"] for key in self.get("/v1/keys")["label"]], "not labelled by the exchange"
        shown = presentation[: presentation.rindex("~") + 1]
        return verified, b64(hashlib.sha256(shown.encode("ascii")).digest())

    def inbox(self):
        after = ""
        while True:
            page = self.get(f"/v1/inbox?endpoint={self.endpoint}{after}")
            yield from page["items"]
            if not page["more"]:
                return
            after = f"&after={page['next']}"

    def acknowledge(self, item, sd_hash):
        return self.publish(
            "acknowledged",
            [],
            {"handOff": item["handoff"], "sdHash": sd_hash},
            {"regime": "GDPR", "handling": "GREEN"},
            {"actor": "hello.py", "role": "system", "automated": True},
            subject=item["handoff"],
        )


def verdicts(status):
    return [handoff["verdict"]["kind"] for handoff in status["handoffs"]] or [status["error"]["code"]]


def hello(folder):
    partner = Partner(folder)
    person = {"actor": "analist-1", "role": "analist", "automated": False}
    machine = {"actor": "hello.py", "role": "system", "automated": True}
    tbkk = {"to": "urn:nld:oin:00000099000000002000:systeem:zaken", "purpose": "intake", "basis": "uavg-33"}
    tip = {
        "tipRef": "PY-TEST-1",
        "facts": "Fictieve waarneming, geschreven in Python.",
        "place": "Cebu",
        "country": "PH",
        "ngoAssessment": "fictief",
        "contactPolicy": "HOTLINE_ONLY",
        "reporterHandle": "RPT-TEST-1",
        "childAtRisk": False,
    }
    sent = partner.publish("tip.ngo.forwarded", [tbkk], tip, {"regime": "GDPR", "handling": "AMBER"}, person)
    print("tip.ngo.forwarded", *verdicts(sent))
    myself = {"to": partner.urn, "purpose": "connection-test", "basis": "no-personal-data"}
    test = partner.publish("connection.tested", [myself], {"testId": os.urandom(8).hex()}, {"regime": "GDPR", "handling": "GREEN"}, machine)
    print("connection.tested", *verdicts(test))
    wanted, until = test["handoffs"][0]["handoff"], time.monotonic() + 60
    seen = set()
    while wanted not in seen and time.monotonic() < until:
        for item in partner.inbox():
            if item["handoff"] in seen:
                continue
            seen.add(item["handoff"])
            verified, sd_hash = partner.open(item)
            print("received", item["type"], verified["iss"], json.dumps(verified["data"]), partner.acknowledge(item, sd_hash)["state"])
        time.sleep(0 if wanted in seen else 0.2)
    return 0 if wanted in seen else 1


if __name__ == "__main__":
    what, where = sys.argv[1], pathlib.Path(sys.argv[2])
    if what == "keys":
        make_keys(where)
    else:
        sys.exit(hello(where))
