/**
 * Publishes one trade, waits for its status, and follows settlement.events until it is complete.
 *
 * Worth copying: `publish`, `readUntil`, and `Gapless`, the one rule that finds a missing record.
 */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type EachMessagePayload, Kafka, type KafkaConfig, logLevel } from "kafkajs";
import {
  Action,
  type TradeReport,
  TradeReportSchema,
  TradeReportsSchema,
} from "./generated/clearfold/v1/inputs_pb.js";
import { RejectionSchema } from "./generated/clearfold/v1/outcomes_pb.js";
import {
  type PublicRecord,
  PublicRecordSchema,
  PublicRecordsSchema,
  type TradeStatus,
} from "./generated/clearfold/v1/public_pb.js";

const DAY_SECONDS = 86_400;

/** Skip a record that is not above the last one; raise an alarm if it is more than one above it. */
class Gapless {
  /**
   * @param last The last `topicSeq` seen; undefined: whatever comes first. Keep it in the same
   *   transaction as what you make of the records.
   */
  constructor(private last: bigint | undefined) {}

  isNew(record: PublicRecord): boolean {
    const number = record.envelope!.topicSeq;
    if (this.last !== undefined && number <= this.last) {
      return false;
    }
    if (this.last !== undefined && number > this.last + 1n) {
      throw new Error(`ALARM: record ${this.last + 1n} is missing, got ${number}`);
    }
    this.last = number;
    return true;
  }
}

const { values: options } = parseArgs({
  options: {
    bootstrap: { type: "string", default: "127.0.0.1:9092" },
    prefix: { type: "string", default: "clearfold." },
    segment: { type: "string", default: "0" },
    "ca-file": { type: "string" },
    user: { type: "string" },
    "password-file": { type: "string" },
    source: { type: "string", default: "EXAMPLE" },
    reference: { type: "string", default: randomUUID() },
    "trade-date": { type: "string", default: "2013-10-07" },
    isin: { type: "string", default: "US0268747849" },
    quantity: { type: "string", default: "100" },
    price: { type: "string", default: "48.96" },
    currency: { type: "string", default: "USD" },
    buyer: { type: "string", default: "M001-H" },
    seller: { type: "string", default: "M002-H" },
    venue: { type: "string", default: "XNYS" },
    /** Read settlement.events from its start. */
    replay: { type: "boolean", default: false },
    /** Go on with settlement.events until Ctrl-C. */
    follow: { type: "boolean", default: false },
    /** Seconds to wait for the outcome. */
    timeout: { type: "string", default: "30" },
  },
});
/** Partition i is segment i. */
const segment = Number(options.segment);
const topic = (name: string) => options.prefix + name;

/** What every client of the cluster is told. */
function connection(): KafkaConfig {
  const { user, "ca-file": caFile, "password-file": passwordFile } = options;
  const config: KafkaConfig = {
    brokers: options.bootstrap!.split(","),
    logLevel: logLevel.NOTHING,
  };
  if (caFile) {
    config.ssl = { ca: [readFileSync(caFile, "utf8")] };
  }
  if (user) {
    const password = readFileSync(passwordFile!, "utf8").trim();
    config.ssl ??= true;
    config.sasl = { mechanism: "scram-sha-512", username: user, password };
  }
  return config;
}

/** Days since 1970-01-01. */
function days(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000 / DAY_SECONDS;
}

/** Our report. The same reference with the same content is a duplicate, never a second trade. */
function report(): TradeReport {
  const [whole, fraction = ""] = options.price!.split(".");
  const tradeDate = days(options["trade-date"]!);
  return create(TradeReportSchema, {
    source: options.source,
    tradeDate,
    reference: options.reference,
    version: 1,
    action: Action.NEW,
    terms: {
      isin: options.isin,
      quantity: { mantissa: BigInt(options.quantity!) },
      price: { mantissa: BigInt(whole + fraction), scale: fraction.length },
      currency: options.currency,
      // Fixed, so that this example says the same whenever it is run again: 15:00 UTC.
      executedAt: { seconds: BigInt(tradeDate * DAY_SECONDS + 15 * 3_600) },
      buyer: options.buyer,
      seller: options.seller,
      venue: options.venue,
    },
  });
}

/** Sends one record with these reports to our segment; returns its offset once it is safe. */
async function publish(kafka: Kafka, reports: TradeReport[]): Promise<string> {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const bytes = toBinary(TradeReportsSchema, create(TradeReportsSchema, { reports }));
  const headers = { publisher: options.source!, "clearfold-type": "clearfold.v1.TradeReports" };
  const [sent] = await producer.send({
    topic: topic("trades.in"),
    acks: -1,
    messages: [{ partition: segment, value: Buffer.from(bytes), headers }],
  });
  await producer.disconnect();
  return sent!.baseOffset!;
}

/** The first and the next offset of our segment of a topic. */
async function ends(kafka: Kafka, name: string): Promise<{ low: string; high: string }> {
  const admin = kafka.admin();
  await admin.connect();
  const all = await admin.fetchTopicOffsets(topic(name));
  await admin.disconnect();
  return all.find(({ partition }) => partition === segment)!;
}

/** Reads public records from an offset until one is wanted; each Kafka record holds one or many. */
async function readUntil(
  kafka: Kafka,
  name: string,
  offset: string,
  wanted: (record: PublicRecord) => boolean,
): Promise<PublicRecord> {
  // This client cannot read without a group; a group of its own that never commits does no harm.
  const consumer = kafka.consumer({ groupId: `example-${randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic: topic(name) });
  const found = new Promise<PublicRecord>((resolve, reject) => {
    let done = false;
    const read = (bytes: Uint8Array) => {
      for (const record of fromBinary(PublicRecordsSchema, bytes).records) {
        if (!done && wanted(record)) {
          done = true;
          resolve(record);
        }
      }
    };
    const eachMessage = async ({ partition, message }: EachMessagePayload) => {
      try {
        if (partition === segment && !done) {
          read(message.value!);
        }
      } catch (problem) {
        done = true;
        reject(problem);
      }
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
    consumer.seek({ topic: topic(name), partition: segment, offset });
  });
  return found.finally(() => consumer.disconnect());
}

/** Whether a record of trades.status is the outcome of our report. */
function isAbout(record: PublicRecord, sent: TradeReport): boolean {
  const told = record.body.case === "tradeStatus" ? record.body.value.report : undefined;
  return (
    told?.source === sent.source &&
    told.tradeDate === sent.tradeDate &&
    told.reference === sent.reference &&
    told.version === sent.version
  );
}

/** An outcome in words. */
function told({ outcome }: TradeStatus): string {
  if (outcome.case === "rejected") {
    return `rejected: ${RejectionSchema.value[outcome.value]?.name ?? outcome.value}`;
  }
  if (outcome.case === "captured") {
    const day = outcome.value.cleared!.settlementDate;
    const settles = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
    return `captured as trade ${outcome.value.trade}, settles ${settles}`;
  }
  return outcome.case ?? "unknown";
}

/** The body's name in the contract. */
function bodyName(record: PublicRecord): string {
  const body = record.body.case;
  return body === undefined ? "unknown" : PublicRecordSchema.field[body]!.name;
}

async function main(): Promise<boolean> {
  const kafka = new Kafka(connection());
  // Where the outcome will be: nothing before this place can be it.
  const statuses = await ends(kafka, "trades.status");
  const events = await ends(kafka, "settlement.events");

  const sent = report();
  const offset = await publish(kafka, [sent]);
  const name = `${sent.source} ${options["trade-date"]} ${sent.reference}`;
  console.log(`published ${name} at offset ${offset}`);

  const isOurs = (record: PublicRecord) => isAbout(record, sent);
  const outcome = await readUntil(kafka, "trades.status", statuses.high, isOurs);
  const status = outcome.body.value as TradeStatus;
  console.log(`status    ${told(status)}`);

  const gapless = new Gapless(options.replay ? 0n : undefined);
  const start = options.replay ? events.low : events.high;
  await readUntil(kafka, "settlement.events", start, (record) => {
    if (!gapless.isNew(record)) {
      return false;
    }
    const { topicSeq, seq } = record.envelope!;
    console.log(`event     ${topicSeq} ${bodyName(record)} of decision ${seq}`);
    return record.body.case === "watermark" && seq >= outcome.envelope!.seq && !options.follow;
  });
  console.log("complete  settlement.events, up to our report and beyond");
  return status.outcome.case === "captured";
}

function stop(problem: unknown): never {
  console.error(problem instanceof Error ? problem.message : problem);
  process.exit(1);
}

if (!options.follow) {
  const sentence = "the outcome did not come in time: is a node running for this segment?";
  setTimeout(() => stop(sentence), Number(options.timeout) * 1000);
}
main().then((captured) => process.exit(captured ? 0 : 1), stop);
