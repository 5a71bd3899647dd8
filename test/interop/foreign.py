"""Runs jwcrypto and sd-jwt for test/interop: a JSON list of calls on stdin, a JSON list of answers on stdout."""
import json
import sys

from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier


def key_of(jwk):
    return JWK.from_json(json.dumps(jwk))


def encrypt(call):
    jwe = JWE(call["plain"].encode(), protected=json.dumps(call["header"]))
    jwe.add_recipient(key_of(call["key"]))
    return jwe.serialize(compact=True)


def decrypt(call):
    jwe = JWE()
    jwe.deserialize(call["jwe"], key_of(call["key"]))
    return jwe.payload.decode()


def issue(call):
    """Claims in the shape of design §4: the elements of `terms`, `toExchange`, all of context and data, rows one by one."""
    claims = {name: value for name, value in call["claims"].items() if name not in ("terms", "toExchange", "context", "data")}
    claims["terms"] = [SDObj(one) for one in call["claims"]["terms"]]
    claims[SDObj("toExchange")] = call["claims"]["toExchange"]
    for part in ("context", "data"):
        claims[part] = {}
        for name, value in call["claims"][part].items():
            rows = name in call["rows"] and isinstance(value, list)
            claims[part][SDObj(name)] = [SDObj(one) for one in value] if rows else value
    SDJWTIssuer.SD_JWT_HEADER = call["header"]["typ"]
    more = {name: value for name, value in call["header"].items() if name not in ("typ", "alg")}
    issuer = SDJWTIssuer(claims, key_of(call["key"]), sign_alg=call["header"]["alg"], extra_header_parameters=more)
    return issuer.sd_jwt_issuance


def verify(call):
    verifier = SDJWTVerifier(call["presentation"], lambda issuer, header: key_of(call["key"]), call["aud"], call["nonce"])
    return verifier.get_verified_payload()


CALLS = {"encrypt": encrypt, "decrypt": decrypt, "issue": issue, "verify": verify}
answers = []
for one in json.load(sys.stdin):
    try:
        answers.append({"ok": CALLS[one["call"]](one)})
    except Exception as error:  # the test judges what may fail
        answers.append({"error": f"{type(error).__name__}: {error}"})
json.dump(answers, sys.stdout)
