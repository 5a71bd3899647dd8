"""Verifies an evidence bundle with the standard library and openssl. Usage: verify-evidence.py bundle.json "<vkey>"; exit 0 = holds."""
import base64, hashlib, json, subprocess, sys, tempfile

PARTS = ["handoff", "parties", "type", "decided", "state", "content"]


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def jcs(value):  # RFC 8785 for what occurs here: no fractions, member names in ASCII
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def url64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def b64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def check(holds, what):
    if not holds:
        sys.exit("does not verify: " + what)


def ed25519(public, text, signature):
    with tempfile.TemporaryDirectory() as folder:
        names = {"key": bytes.fromhex("302a300506032b6570032100") + public, "text": text, "sig": signature}
        for name, data in names.items():
            with open(f"{folder}/{name}", "wb") as file:
                file.write(data)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", f"{folder}/key"]
        command += ["-rawin", "-in", f"{folder}/text", "-sigfile", f"{folder}/sig"]
        return subprocess.run(command, capture_output=True).returncode == 0


def checkpoint(note, vkey):
    name, key_id, key = vkey.strip().split("+", 2)
    public = base64.b64decode(key)[1:]
    check(sha(name.encode(), b"\n\x01", public)[:4].hex() == key_id, "key id")
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    check(origin == name, "origin")
    for line in signatures.splitlines():
        _, signer, blob = line.split(" ")
        blob = base64.b64decode(blob)
        if signer == name and blob[:4].hex() == key_id:
            check(ed25519(public, text.encode(), blob[4:]), "signature of the checkpoint")
            return int(size), base64.b64decode(root)
    sys.exit("does not verify: no signature of this key")


def root_of(index, size, leaf, proof):  # RFC 6962 2.1.1, from the definition
    if size == 1:
        check(not proof, "inclusion proof too long")
        return leaf
    check(proof, "inclusion proof too short")
    k = 1
    while k * 2 < size:
        k *= 2
    if index < k:
        return sha(b"\x01", root_of(index, k, leaf, proof[:-1]), proof[-1])
    return sha(b"\x01", proof[-1], root_of(index - k, size - k, leaf, proof[:-1]))


def verify(leaf, handoff, vkey):
    entry = base64.b64decode(leaf["entry"])
    check(len(entry) == 203 and entry[0] == 1, "entry")
    for place, name in enumerate(PARTS):
        part = leaf["parts"][name]
        expected = entry[11 + 32 * place : 43 + 32 * place]
        check(sha(url64(part["opening"]), jcs(part["value"])) == expected, "part " + name)
    value = {name: leaf["parts"][name]["value"] for name in PARTS}
    record, verdict = leaf["record"], leaf["record"]["verdict"]
    check(value["handoff"] == handoff == record["handoff"], "hand-off")
    check(value["decided"] == {"at": record["timestamp"], "epoch": record["epoch"], "record": b64url(sha(jcs(record)))}, "record")
    codes = sorted({reason["code"] for reason in verdict["reasons"]}) if verdict else []
    kind = verdict["kind"] if verdict else None
    check(value["state"] == {"state": record["state"], "cause": record["cause"], "verdict": kind, "reasons": codes}, "state")
    check(value["content"] == {"message": record["message"], "sdHash": record["sdHash"]}, "content")
    head, note = leaf["proof"].split("\n\n", 1)
    lines = head.split("\n")
    check(lines[0] == "c2sp.org/tlog-proof@v1" and lines[1].startswith("index "), "form of the proof")
    size, root = checkpoint(note, vkey)
    index = int(lines[1][6:])
    check(index < size, "index")
    check(root_of(index, size, sha(b"\x00", entry), [base64.b64decode(line) for line in lines[2:]]) == root, "inclusion")
    return index


with open(sys.argv[1], encoding="utf-8") as file:
    bundle = json.load(file)
check(bundle["format"] == "schakel-evidence/1" and bundle["leaves"], "format")
places = [verify(leaf, bundle["handoff"], sys.argv[2]) for leaf in bundle["leaves"]]
check(places == sorted(set(places)), "order")
print(f"holds: {bundle['handoff']}, {len(places)} leaves")
