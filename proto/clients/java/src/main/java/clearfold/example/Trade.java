package clearfold.example;

import clearfold.v1.Common;
import clearfold.v1.Inputs;
import clearfold.v1.Public.PublicRecord;
import clearfold.v1.Public.PublicRecords;
import clearfold.v1.Public.TradeStatus;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Publishes one trade, waits for its status, and follows settlement.events until it is complete.
 *
 * <p>Worth copying: {@link #publish}, {@link #readUntil}, and {@link Gapless}, the one rule that
 * finds a missing record.
 */
public final class Trade {
    private static final String USAGE = """
            usage: java -jar trade.jar [--OPTION VALUE]... [--replay] [--follow]
              --bootstrap, --prefix, --segment, --ca-file, --user, --password-file
              --source, --reference, --trade-date, --isin, --quantity, --price, --currency,
              --buyer, --seller, --venue
              --replay   read settlement.events from its start
              --follow   go on with settlement.events until Ctrl-C
              --timeout  seconds to wait for the outcome""";

    /**
     * Skip a record that is not above the last one; raise an alarm if it is more than one above it.
     */
    static final class Gapless {
        /**
         * The last topic_seq seen; null: whatever comes first. Keep it in the same transaction as
         * what you make of the records.
         */
        private Long last;

        Gapless(Long last) {
            this.last = last;
        }

        boolean isNew(PublicRecord record) {
            long number = record.getEnvelope().getTopicSeq();
            if (last != null && number <= last) {
                return false;
            }
            if (last != null && number > last + 1) {
                throw new Stop("ALARM: record " + (last + 1) + " is missing, got " + number);
            }
            last = number;
            return true;
        }
    }

    /** Ends the program with a sentence. */
    static final class Stop extends RuntimeException {
        Stop(String sentence) {
            super(sentence);
        }
    }

    public static void main(String[] arguments) {
        try {
            System.exit(run(options(arguments)) ? 0 : 1);
        } catch (Stop stop) {
            System.err.println(stop.getMessage());
            System.exit(1);
        } catch (Exception problem) {
            System.err.println("failed: " + problem);
            System.exit(1);
        }
    }

    /** True if the trade was captured. */
    private static boolean run(Map<String, String> options) throws Exception {
        boolean replay = options.containsKey("replay");
        boolean follow = options.containsKey("follow");
        try (var statuses = consumer(options); var events = consumer(options)) {
            // Where the outcome will be: nothing before this place can be it.
            assignEnd(statuses, place(options, "trades.status"));
            assignEnd(events, place(options, "settlement.events"));
            if (replay) {
                events.seekToBeginning(events.assignment());
            }

            Inputs.TradeReport sent = report(options);
            long offset = publish(options, List.of(sent));
            System.out.printf("published %s %s %s at offset %d%n",
                    sent.getSource(), options.get("trade-date"), sent.getReference(), offset);

            long deadline = System.nanoTime()
                    + Duration.ofSeconds(Long.parseLong(options.get("timeout"))).toNanos();
            PublicRecord outcome = readUntil(statuses, deadline, record -> isAbout(record, sent));
            System.out.println("status    " + told(outcome.getTradeStatus()));

            Gapless gapless = new Gapless(replay ? 0L : null);
            readUntil(events, follow ? Long.MAX_VALUE : deadline, record -> {
                if (!gapless.isNew(record)) {
                    return false;
                }
                long seq = record.getEnvelope().getSeq();
                System.out.printf("event     %d %s of decision %d%n",
                        record.getEnvelope().getTopicSeq(), name(record), seq);
                return record.hasWatermark() && seq >= outcome.getEnvelope().getSeq() && !follow;
            });
            System.out.println("complete  settlement.events, up to our report and beyond");
            return outcome.getTradeStatus().hasCaptured();
        }
    }

    /** Sends one record with these reports to our segment; returns its offset once it is safe. */
    private static long publish(Map<String, String> options, List<Inputs.TradeReport> reports)
            throws Exception {
        Map<String, Object> config = connection(options);
        config.put("enable.idempotence", true);
        config.put("acks", "all");
        var value = Inputs.TradeReports.newBuilder().addAllReports(reports).build();
        TopicPartition place = place(options, "trades.in");
        var record = new ProducerRecord<byte[], byte[]>(
                place.topic(), place.partition(), null, value.toByteArray());
        record.headers().add("publisher", bytes(options.get("source")));
        record.headers().add("clearfold-type", bytes("clearfold.v1.TradeReports"));
        var serializer = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(config, serializer, serializer)) {
            return producer.send(record).get().offset();
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Reads public records until one is wanted; each Kafka record holds one or many. */
    private static PublicRecord readUntil(
            KafkaConsumer<byte[], byte[]> kafka, long deadline, Predicate<PublicRecord> wanted)
            throws Exception {
        while (System.nanoTime() < deadline) {
            for (var message : kafka.poll(Duration.ofMillis(200))) {
                var records = PublicRecords.parseFrom(message.value()).getRecordsList();
                for (PublicRecord record : records) {
                    if (wanted.test(record)) {
                        return record;
                    }
                }
            }
        }
        throw new Stop("the outcome did not come in time: is a node running for this segment?");
    }

    /**
     * Our report. The same reference with the same content is a duplicate, never a second trade.
     */
    private static Inputs.TradeReport report(Map<String, String> options) {
        LocalDate tradeDate = LocalDate.parse(options.get("trade-date"));
        BigDecimal price = new BigDecimal(options.get("price"));
        var terms = Inputs.TradeTerms.newBuilder()
                .setIsin(options.get("isin"))
                .setQuantity(Common.Decimal.newBuilder()
                        .setMantissa(Long.parseLong(options.get("quantity"))))
                .setPrice(Common.Decimal.newBuilder()
                        .setMantissa(price.unscaledValue().longValueExact())
                        .setScale(price.scale()))
                .setCurrency(options.get("currency"))
                // Fixed, so that this example says the same whenever it is run again: 15:00 UTC.
                .setExecutedAt(Common.Instant.newBuilder()
                        .setSeconds(tradeDate.toEpochDay() * 86_400 + 15 * 3_600))
                .setBuyer(options.get("buyer"))
                .setSeller(options.get("seller"))
                .setVenue(options.get("venue"));
        return Inputs.TradeReport.newBuilder()
                .setSource(options.get("source"))
                .setTradeDate((int) tradeDate.toEpochDay())
                .setReference(options.get("reference"))
                .setVersion(1)
                .setAction(Inputs.Action.ACTION_NEW)
                .setTerms(terms)
                .build();
    }

    /** Whether a record of trades.status is the outcome of our report. */
    private static boolean isAbout(PublicRecord record, Inputs.TradeReport sent) {
        var told = record.getTradeStatus().getReport();
        return record.hasTradeStatus()
                && told.getSource().equals(sent.getSource())
                && told.getTradeDate() == sent.getTradeDate()
                && told.getReference().equals(sent.getReference())
                && told.getVersion() == sent.getVersion();
    }

    /** An outcome in words. */
    private static String told(TradeStatus status) {
        if (status.hasRejected()) {
            return "rejected: " + status.getRejected();
        }
        if (status.hasCaptured()) {
            var trade = status.getCaptured();
            var settles = LocalDate.ofEpochDay(trade.getCleared().getSettlementDate());
            return "captured as trade " + trade.getTrade() + ", settles " + settles;
        }
        return status.getOutcomeCase().name().toLowerCase();
    }

    /** The body's name in the contract. */
    private static String name(PublicRecord record) {
        var body = PublicRecord.getDescriptor().findFieldByNumber(record.getBodyCase().getNumber());
        return body == null ? "unknown" : body.getName();
    }

    /** A consumer that keeps its own place: it belongs to no group and commits no offset. */
    private static KafkaConsumer<byte[], byte[]> consumer(Map<String, String> options)
            throws Exception {
        Map<String, Object> config = connection(options);
        config.put("enable.auto.commit", false);
        config.put("auto.offset.reset", "none");
        var deserializer = new ByteArrayDeserializer();
        return new KafkaConsumer<>(config, deserializer, deserializer);
    }

    /** Reads on from the end of a topic, as it is now. */
    private static void assignEnd(KafkaConsumer<byte[], byte[]> kafka, TopicPartition place) {
        kafka.assign(List.of(place));
        kafka.seek(place, kafka.endOffsets(List.of(place)).get(place));
    }

    /** Our segment of a topic: partition i is segment i. */
    private static TopicPartition place(Map<String, String> options, String topic) {
        int segment = Integer.parseInt(options.get("segment"));
        return new TopicPartition(options.get("prefix") + topic, segment);
    }

    /** What every client of the cluster is told. */
    private static Map<String, Object> connection(Map<String, String> options) throws Exception {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", options.get("bootstrap"));
        if (options.containsKey("user")) {
            String password = Files.readString(Path.of(options.get("password-file"))).strip();
            config.put("security.protocol", "SASL_SSL");
            config.put("sasl.mechanism", "SCRAM-SHA-512");
            config.put("sasl.jaas.config",
                    "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                            + options.get("user") + "\" password=\"" + password + "\";");
        } else if (options.containsKey("ca-file")) {
            config.put("security.protocol", "SSL");
        }
        if (options.containsKey("ca-file")) {
            config.put("ssl.truststore.type", "PEM");
            config.put("ssl.truststore.location", options.get("ca-file"));
        }
        return config;
    }

    private static Map<String, String> options(String[] arguments) {
        Map<String, String> options = new HashMap<>(Map.of(
                "bootstrap", "127.0.0.1:9092", "prefix", "clearfold.", "segment", "0",
                "source", "EXAMPLE", "reference", UUID.randomUUID().toString(),
                "trade-date", "2013-10-07", "timeout", "30"));
        options.putAll(Map.of(
                "isin", "US0268747849", "quantity", "100", "price", "48.96", "currency", "USD",
                "buyer", "M001-H", "seller", "M002-H", "venue", "XNYS"));
        var words = List.of(arguments).iterator();
        while (words.hasNext()) {
            String option = words.next();
            boolean flag = option.equals("--replay") || option.equals("--follow");
            boolean known = flag || USAGE.contains(option);
            if (!option.startsWith("--") || !known || (!flag && !words.hasNext())) {
                throw new Stop(USAGE);
            }
            options.put(option.substring(2), flag ? "" : words.next());
        }
        return options;
    }
}
