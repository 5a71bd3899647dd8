"""A partner's producer on librdkafka: a JSON list of steps on stdin, on the brokers named first. Each step names its producer."""
import base64
import json
import sys

from confluent_kafka import Producer

producers = {}


def producer_of(step):
    name = step["producer"]
    if name not in producers:
        more = {"transactional.id": name} if step.get("transactional") else {}
        producers[name] = Producer({"bootstrap.servers": sys.argv[1], "message.timeout.ms": 10000, **more})
        if more:
            producers[name].init_transactions(10)
    return producers[name]


def send(producer, step):
    value = step["value"]
    headers = [(name, base64.b64decode(one)) for name, one in step["headers"]]
    producer.produce(step["topic"], value=None if value is None else base64.b64decode(value), headers=headers, partition=0)
    if producer.flush(10) != 0:
        sys.exit("not delivered")


DO = {
    "begin": lambda producer, step: producer.begin_transaction(),
    "send": send,
    "abort": lambda producer, step: producer.abort_transaction(10),
    "commit": lambda producer, step: producer.commit_transaction(10),
}
for one in json.load(sys.stdin):
    DO[one["do"]](producer_of(one), one)
