"""Publishes one trade, waits for its status, and follows settlement.events until it is complete.

Worth copying: `publish`, `read_records`, and `Gapless`, the one rule that finds a missing record.
"""

import argparse
import datetime
import decimal
import pathlib
import sys
import time
import uuid

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition

sys.path.insert(0, str(pathlib.Path(__file__).parent / "build"))
from clearfold.v1 import common_pb2, inputs_pb2, outcomes_pb2, public_pb2  # noqa: E402

EPOCH = datetime.date(1970, 1, 1)


class Gapless:
    """Skip a record that is not above the last one; raise an alarm if it is more than one above it.

    `last` is the last `topic_seq` seen. None: whatever comes first. Keep it in the same transaction
    as what you make of the records.
    """

    def __init__(self, last):
        self.last = last

    def is_new(self, record):
        number = record.envelope.topic_seq
        if self.last is not None:
            if number <= self.last:
                return False
            if number > self.last + 1:
                sys.exit(f"ALARM: record {self.last + 1} is missing, got {number}")
        self.last = number
        return True


def connection(options):
    """What every client of the cluster is told."""
    config = {"bootstrap.servers": options.bootstrap}
    if options.user:
        config |= {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": options.user,
            "sasl.password": pathlib.Path(options.password_file).read_text().strip(),
        }
    elif options.ca_file:
        config["security.protocol"] = "SSL"
    if options.ca_file:
        config["ssl.ca.location"] = options.ca_file
    return config


def consumer(options):
    """A consumer that keeps its own place: it never commits an offset."""
    own = {"group.id": "unused", "enable.auto.commit": False, "auto.offset.reset": "error"}
    return Consumer(connection(options) | own)


def place(options, topic, offset=0):
    """A place in our segment of a topic: partition i is segment i."""
    return TopicPartition(options.prefix + topic, options.segment, offset)


def end_of(kafka, partition):
    """The offset that the next record will have."""
    return kafka.get_watermark_offsets(partition, timeout=10)[1]


def read_records(kafka, deadline):
    """Yields the public records of an assigned topic; each Kafka record holds one or many."""
    while time.monotonic() < deadline:
        message = kafka.poll(0.2)
        if message is None:
            continue
        if message.error():
            sys.exit(f"cannot read {message.topic()}: {message.error()}")
        yield from public_pb2.PublicRecords.FromString(message.value()).records
    sys.exit("the outcome did not come in time: is a node running for this segment?")


def report(options):
    """Our report. The same reference with the same content is a duplicate, never a second trade."""
    price = decimal.Decimal(options.price).as_tuple()
    digits = int("".join(map(str, price.digits)))
    trade_date = (datetime.date.fromisoformat(options.trade_date) - EPOCH).days
    return inputs_pb2.TradeReport(
        source=options.source,
        trade_date=trade_date,
        reference=options.reference,
        version=1,
        action=inputs_pb2.ACTION_NEW,
        terms=inputs_pb2.TradeTerms(
            isin=options.isin,
            quantity=common_pb2.Decimal(mantissa=options.quantity),
            price=common_pb2.Decimal(mantissa=digits, scale=-price.exponent),
            currency=options.currency,
            # Fixed, so that this example says the same whenever it is run again: 15:00 UTC.
            executed_at=common_pb2.Instant(seconds=trade_date * 86_400 + 15 * 3_600),
            buyer=options.buyer,
            seller=options.seller,
            venue=options.venue,
        ),
    )


def publish(options, reports):
    """Sends one record with these reports to our segment and returns its offset once it is safe."""
    producer = Producer(connection(options) | {"enable.idempotence": True, "acks": "all"})
    outcome = []
    producer.produce(
        options.prefix + "trades.in",
        inputs_pb2.TradeReports(reports=reports).SerializeToString(),
        partition=options.segment,
        headers={"publisher": options.source, "clearfold-type": "clearfold.v1.TradeReports"},
        on_delivery=lambda error, message: outcome.append((error, message)),
    )
    producer.flush(30)
    error, message = outcome[0] if outcome else ("no answer within 30 s", None)
    if error:
        sys.exit(f"cannot publish: {error}")
    return message.offset()


def is_about(record, sent):
    """Whether a record of trades.status is the outcome of our report."""
    told = record.trade_status.report
    return record.WhichOneof("body") == "trade_status" and (
        (told.source, told.trade_date, told.reference, told.version)
        == (sent.source, sent.trade_date, sent.reference, sent.version)
    )


def told(status):
    """An outcome in words."""
    outcome = status.WhichOneof("outcome")
    if outcome == "rejected":
        return "rejected: " + outcomes_pb2.Rejection.Name(status.rejected)
    if outcome == "captured":
        settles = EPOCH + datetime.timedelta(days=status.captured.cleared.settlement_date)
        return f"captured as trade {status.captured.trade}, settles {settles}"
    return outcome


def main():
    options = arguments()
    # Where the outcome will be: nothing before this place can be it.
    statuses = consumer(options)
    start = end_of(statuses, place(options, "trades.status"))
    statuses.assign([place(options, "trades.status", start)])
    events = consumer(options)
    start = end_of(events, place(options, "settlement.events"))
    if options.replay:
        start = OFFSET_BEGINNING

    sent = report(options)
    offset = publish(options, [sent])
    print(f"published {sent.source} {options.trade_date} {sent.reference} at offset {offset}")

    deadline = time.monotonic() + options.timeout
    outcome = next(r for r in read_records(statuses, deadline) if is_about(r, sent))
    print(f"status    {told(outcome.trade_status)}", flush=True)

    gapless = Gapless(last=0 if options.replay else None)
    events.assign([place(options, "settlement.events", start)])
    deadline = float("inf") if options.follow else deadline
    for record in filter(gapless.is_new, read_records(events, deadline)):
        seq, body = record.envelope.seq, record.WhichOneof("body") or "unknown"
        print(f"event     {record.envelope.topic_seq} {body} of decision {seq}", flush=True)
        if body == "watermark" and seq >= outcome.envelope.seq and not options.follow:
            break
    print("complete  settlement.events, up to our report and beyond")
    sys.exit(outcome.trade_status.WhichOneof("outcome") != "captured")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--bootstrap", default="127.0.0.1:9092", help="brokers, separated by commas")
    add("--prefix", default="clearfold.", help="what stands before every topic's name")
    add("--segment", type=int, default=0)
    add("--ca-file", help="PEM file of the authority to trust: connects over TLS")
    add("--user", help="user for SCRAM-SHA-512 over TLS")
    add("--password-file", help="file with the user's password")
    add("--source", default="EXAMPLE")
    add("--reference", default=uuid.uuid4().hex, help="of the trade; a random one if not given")
    add("--trade-date", default="2013-10-07", help="the open business day")
    add("--isin", default="US0268747849")
    add("--quantity", type=int, default=100)
    add("--price", default="48.96")
    add("--currency", default="USD")
    add("--buyer", default="M001-H")
    add("--seller", default="M002-H")
    add("--venue", default="XNYS")
    add("--replay", action="store_true", help="read settlement.events from its start")
    add("--follow", action="store_true", help="go on with settlement.events until Ctrl-C")
    add("--timeout", type=float, default=30, help="seconds to wait for the outcome")
    return parser.parse_args()


if __name__ == "__main__":
    main()
