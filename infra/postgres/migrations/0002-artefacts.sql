-- Bytes that control records name by hash (rules, agreements, certificates): shared by all hosts, never changed.
CREATE TABLE schakel.artefact (
  sha256 text NOT NULL PRIMARY KEY CHECK (sha256 ~ '^[A-Za-z0-9_-]{43}$'),
  bytes bytea NOT NULL CHECK (octet_length(bytes) <= 16777216),
  CHECK (sha256 = rtrim(translate(encode(sha256(bytes), 'base64'), '+/', '-_'), '='))
);
