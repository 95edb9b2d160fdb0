//! Random decisions from one seed: mostly what a day looks like, sometimes anything at all.

use basics::{
    AccountId, ContractId, CurrencyId, Date, Decimal, EntryNo, Instant, InstrumentId, MemberId,
    Minor, Numeral, Price, PriceUnit, Seq, TradeId, Units,
};
use ledger::postings::{Cleared, NetObligation};
use ledger::{Asset, Class, MoneyComponents};
use model::decision::{Cause, Form, Input, Place, Verdict};
use model::event::*;
use model::reference::*;
use model::trade::{Capacity, CumEx, ShortSale, Terms, TradeType};
use model::{
    Action, Attributes, Command, DeadLetterReason, Decision, Event, Operation, PriceReport,
    Rejection, ReportedTerms, RunStep, TradeDecision, TradeKey, TradeReport, TradeVerdict,
};

/// A splitmix generator: one seed, one story.
pub struct Random {
    state: u64,
    /// Every field gets a value that is written: no zero, no empty text, nothing absent.
    full: bool,
}

const TEXTS: [&str; 10] = [
    "",
    "XNAS",
    "US0268747849",
    "US0605051046",
    "M001-H",
    "M002-C",
    "USD",
    "Köln 東京",
    "0",
    "a text that is longer than sixteen bytes, as names of members can be, and then some more \
     until its length takes two bytes on the wire, which is the case from 128 on: here it is.",
];
const REFERENCES: [&str; 6] = ["0000020", "0000020X", "", "999999999999999999", "7", "٣"];
/// How many kinds of events there are.
pub const EVENTS: u64 = 26;
const BYTES: [&[u8]; 4] = [b"", b"XNAS,7,1,new", &[0xff, 0x00], &[0x80; 200]];

impl Random {
    pub const fn new(state: u64) -> Self {
        Self { state, full: false }
    }

    /// One whose every value shows on the wire.
    pub const fn full(state: u64) -> Self {
        Self { state, full: true }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// True once in `n` times.
    pub fn rarely(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        // The first value of a list is usually the default.
        let skipped = u64::from(self.full && from.len() > 1);
        from[(skipped + self.below(from.len() as u64 - skipped)) as usize]
    }

    pub fn text(&mut self) -> &'static str {
        self.pick(&TEXTS)
    }

    /// Small, large, or on an edge.
    pub fn u64(&mut self) -> u64 {
        if self.full {
            let bits = self.below(40);
            return 1 + self.below(1 << bits);
        }
        match self.below(6) {
            0 => 0,
            1 => u64::MAX,
            2 => 1 << self.below(64),
            3 => self.next(),
            _ => self.below(300),
        }
    }

    pub fn i64(&mut self) -> i64 {
        self.u64().cast_signed()
    }

    pub fn u32(&mut self) -> u32 {
        self.u64() as u32
    }

    pub fn i128(&mut self) -> i128 {
        match self.below(4) {
            0 => i128::from(self.i64()) << 64 | i128::from(self.u64()),
            1 => i128::from(self.i64()) << self.below(64),
            _ => i128::from(self.i64()),
        }
    }

    pub fn date(&mut self) -> Date {
        if self.rarely(10) {
            Date(self.u32().cast_signed())
        } else {
            Date(15_985 + self.below(9) as i32)
        }
    }

    pub fn option<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.full || !self.rarely(3)).then(|| make(self))
    }

    pub fn many<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.below(4) + u64::from(self.full)).map(|_| make(self)).collect()
    }

    fn numeral(&mut self) -> Numeral {
        match self.below(12) {
            0 => Numeral::TooLong,
            1 => Numeral::Exact(Decimal { mantissa: self.i128(), scale: self.below(39) as u8 }),
            _ => Numeral::Exact(Decimal {
                mantissa: i128::from(self.below(2_000_000)),
                scale: self.pick(&[0, 0, 4, 4, 4, 2]),
            }),
        }
    }

    pub fn instant(&mut self) -> Instant {
        let second = 1_381_132_800 + self.below(36_000).cast_signed();
        match self.below(12) {
            0 => Instant { seconds: self.i64(), attos: self.u64() },
            1 => Instant { seconds: second, attos: self.below(1_000_000_000) * 1_000_000_000 },
            2 => Instant { seconds: second, attos: self.below(1_000_000) * 1_000_000_000_000 },
            _ => Instant { seconds: second, attos: self.below(1_000) * 1_000_000_000_000_000 },
        }
    }

    pub fn attributes(&mut self) -> Attributes<'static> {
        if !self.full && !self.rarely(8) {
            return Attributes::default();
        }
        Attributes {
            trade_type: self.pick(TradeType::ALL),
            cum_ex: self.pick(CumEx::ALL),
            short_sale: self.pick(ShortSale::ALL),
            capacity: self.pick(Capacity::ALL),
            price_unit: self.pick(&[PriceUnit::PerUnit, PriceUnit::PerCent]),
            original_reference: self.pick(&["", "0000007"]),
        }
    }

    fn reported(&mut self) -> ReportedTerms<'static> {
        ReportedTerms {
            isin: self.text(),
            quantity: self.numeral(),
            price: self.numeral(),
            currency: self.pick(&["USD", "EUR"]),
            executed_at: self.instant(),
            buyer: self.text(),
            seller: self.text(),
            venue: self.text(),
            attributes: self.attributes(),
        }
    }

    pub fn report(&mut self) -> TradeReport<'static> {
        let action =
            self.pick(&[Action::New, Action::New, Action::New, Action::Amend, Action::Cancel]);
        let number = format!("{:07}", self.below(10_000));
        let reference = if self.rarely(8) { self.pick(&REFERENCES) } else { number.leak() };
        let terms = if self.rarely(50) {
            self.option(Self::reported)
        } else {
            (action != Action::Cancel).then(|| self.reported())
        };
        TradeReport {
            key: TradeKey { source: self.text(), trade_date: self.date(), reference },
            version: if self.rarely(4) { self.u32() } else { 1 },
            action,
            terms,
        }
    }

    fn cleared(&mut self) -> Cleared {
        Cleared {
            instrument: InstrumentId(self.u32()),
            currency: CurrencyId(self.u32()),
            buyer: AccountId(self.u32()),
            seller: AccountId(self.u32()),
            quantity: Units(self.i64()),
            consideration: Minor(self.i64()),
            settlement_date: self.date(),
        }
    }

    fn terms(&mut self) -> Terms<'static> {
        Terms {
            cleared: self.cleared(),
            price: Price(self.i128()),
            contractual_date: self.date(),
            executed_at: self.instant(),
            venue: self.text(),
            attributes: self.attributes(),
        }
    }

    fn net(&mut self) -> NetObligation {
        NetObligation {
            account: AccountId(self.u32()),
            instrument: InstrumentId(self.u32()),
            currency: CurrencyId(self.u32()),
            units: self.i128(),
            money: self.i128(),
        }
    }

    pub fn money(&mut self) -> MoneyComponents {
        MoneyComponents { mark: self.i128(), delivery: self.i128() }
    }

    fn asset(&mut self) -> Asset {
        let id = self.u32();
        let choices = [Asset::Instrument(InstrumentId(id)), Asset::Currency(CurrencyId(id))];
        choices[self.below(2) as usize]
    }

    pub fn hash(&mut self) -> [u8; 32] {
        [self.next() as u8; 32]
    }
}

/// A world whose next trade and entry are known, so that most decisions follow from the last.
pub struct Story {
    pub random: Random,
    seq: u64,
    trade: u64,
    entry: u64,
    position: u64,
    item: u32,
}

impl Story {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let seq = 1 + random.below(1 << 40);
        let (trade, entry) = (1 + random.below(1 << 30), 1 + random.below(1 << 40));
        Self { random, seq, trade, entry, position: 1, item: 0 }
    }

    pub const fn seq(&self) -> Seq {
        Seq(self.seq)
    }

    fn place(&mut self) -> Place<'static> {
        let r = &mut self.random;
        (self.position, self.item) = match r.below(16) {
            0 => (r.u64(), r.u32()),
            1..=5 => (self.position, self.item.wrapping_add(1)),
            _ => (self.position.wrapping_add(1), 0),
        };
        let channel = if r.rarely(40) { r.text() } else { "days/2013-10-07/trades.csv" };
        Place { channel, position: self.position, item: self.item, pass: r.below(50) as u32 / 49 }
    }

    /// A decision on a trade report.
    pub fn trade(&mut self) -> TradeDecision<'static> {
        let place = self.place();
        let seq = Seq(self.seq);
        self.seq += 1;
        let r = &mut self.random;
        let mut decision = TradeDecision {
            seq,
            place,
            publisher: if r.rarely(60) { "someone else" } else { "market" },
            business_date: if r.rarely(40) { None } else { Some(Date(15_985)) },
            report: Some(r.report()),
            form: if r.rarely(60) { Form::Protobuf } else { Form::MarketCsv },
            verbatim: r.rarely(10).then(|| r.pick(&BYTES)),
            verdict: TradeVerdict::Rejected(r.pick(Rejection::ALL)),
        };
        if self.random.rarely(20) {
            decision.report = None;
            // Those of the first release: committed examples stay as they are when others come.
            let reason = self.random.pick(&DeadLetterReason::ALL[..11]);
            decision.verdict = TradeVerdict::DeadLettered(reason);
        } else if !self.random.rarely(10) {
            self.accept(&mut decision);
        }
        if self.random.rarely(30) {
            self.distort(&mut decision);
        }
        decision
    }

    /// The verdict that a core would give, if it accepted the report.
    fn accept(&mut self, decision: &mut TradeDecision<'static>) {
        let Some(report) = decision.report else { return };
        let trade = TradeId(self.trade);
        let Some(reported) = report.terms else {
            let r = &mut self.random;
            decision.verdict = TradeVerdict::Cancelled(TradeCancelled {
                trade: TradeId(r.u64()),
                key: report.key,
                version: report.version,
                previous: r.cleared(),
                reverses: EntryNo(r.u64()),
                entry: EntryNo(self.entry),
            });
            self.entry += 1;
            return;
        };
        let Some(terms) = self.captured(&reported) else { return };
        let entry = EntryNo(self.entry);
        if report.action == Action::New {
            let novated = TradeNovated {
                trade,
                buyer_contract: ContractId(trade.0 * 2 - 1),
                seller_contract: ContractId(trade.0 * 2),
                guaranteed_from: decision.seq,
                cleared: terms.cleared,
                entry,
            };
            let captured = TradeCaptured { trade, key: report.key, terms };
            decision.verdict = TradeVerdict::Captured(captured, novated);
            (self.trade, self.entry) = (self.trade + 1, self.entry + 1);
        } else {
            let r = &mut self.random;
            let Cleared { instrument, currency, .. } = terms.cleared;
            decision.verdict = TradeVerdict::Amended(TradeAmended {
                trade: TradeId(r.u64()),
                key: report.key,
                version: report.version,
                terms,
                previous: Cleared { instrument, currency, ..r.cleared() },
                reverses: EntryNo(r.u64()),
                entry,
            });
            self.entry += 2;
        }
    }

    fn captured(&mut self, reported: &ReportedTerms<'static>) -> Option<Terms<'static>> {
        let decimals = if self.random.rarely(10) { 3 } else { 0 };
        let quantity = reported.quantity.exact()?.scaled_to(decimals).ok()?;
        let id = |text: &str| text.len() as u32;
        let cleared = Cleared {
            instrument: InstrumentId(id(reported.isin)),
            currency: CurrencyId(id(reported.currency)),
            buyer: AccountId(id(reported.buyer) + u32::from(self.random.rarely(50))),
            seller: AccountId(id(reported.seller)),
            quantity: Units(i64::try_from(quantity).ok()?),
            consideration: Minor(self.random.i64()),
            settlement_date: Date(15_988),
        };
        Some(Terms {
            cleared,
            price: Price::new(reported.price.exact()?).ok()?,
            contractual_date: Date(15_988),
            executed_at: reported.executed_at,
            venue: reported.venue,
            attributes: reported.attributes,
        })
    }

    /// One thing that does not follow from the others.
    fn distort(&mut self, decision: &mut TradeDecision<'static>) {
        let r = &mut self.random;
        match &mut decision.verdict {
            TradeVerdict::Captured(captured, novated) => match r.below(9) {
                0 => captured.trade = TradeId(r.u64()),
                1 => captured.terms = r.terms(),
                2 => captured.key.source = r.text(),
                3 => novated.trade = TradeId(r.u64()),
                4 => novated.buyer_contract = ContractId(r.u64()),
                5 => novated.seller_contract = ContractId(r.u64()),
                6 => novated.guaranteed_from = Seq(r.u64()),
                7 => novated.cleared = r.cleared(),
                _ => novated.entry = EntryNo(r.u64()),
            },
            TradeVerdict::Amended(amended) => match r.below(4) {
                0 => amended.version = r.u32(),
                1 => amended.previous = r.cleared(),
                2 => amended.terms = r.terms(),
                _ => amended.entry = EntryNo(r.u64()),
            },
            TradeVerdict::Cancelled(cancelled) => match r.below(2) {
                0 => cancelled.key.reference = r.text(),
                _ => cancelled.entry = EntryNo(r.u64()),
            },
            TradeVerdict::Rejected(_) => decision.report = r.option(Random::report),
            TradeVerdict::DeadLettered(_) => decision.report = r.option(Random::report),
        }
    }

    /// Any decision.
    pub fn decision(&mut self) -> Decision<'static> {
        if !self.random.rarely(6) {
            return self.trade().general();
        }
        let place = self.place();
        let seq = Seq(self.seq);
        self.seq += 1;
        let r = &mut self.random;
        let command = r.option(Random::command);
        let cause = match command {
            Some(Command::Step(_)) => Cause::Run,
            _ => Cause::Input { place, publisher: r.text() },
        };
        let verdict = match r.below(4) {
            0 => Verdict::Rejected(r.pick(Rejection::ALL)),
            1 => Verdict::DeadLettered(r.pick(&DeadLetterReason::ALL[..11])),
            _ => Verdict::Accepted(r.many(Random::event)),
        };
        let form = r.pick(&[Form::MarketCsv, Form::Protobuf, Form::Internal]);
        let verbatim = r.option(|r| r.pick(&BYTES));
        let business_date = r.option(Random::date);
        Decision { seq, cause, business_date, input: Input { command, form, verbatim }, verdict }
    }
}

impl Random {
    pub fn command(&mut self) -> Command<'static> {
        let number = self.below(5);
        self.command_number(number)
    }

    pub fn command_number(&mut self, number: u64) -> Command<'static> {
        match number {
            0 => Command::Trade(self.report()),
            1 => Command::Reference(self.reference()),
            2 => Command::Price(PriceReport {
                isin: self.text(),
                price: self.numeral(),
                currency: self.text(),
                price_date: self.date(),
                kind: self.text(),
            }),
            3 => Command::Operation(self.operation()),
            _ => Command::Step(RunStep { run: Seq(self.u64()), step: self.u32() }),
        }
    }

    pub fn operation(&mut self) -> Operation<'static> {
        let (date, text) = (self.date(), self.text());
        match self.below(4) {
            0 => Operation::OpenDay { date, commitment: text },
            1 => Operation::CloseTrading { date },
            2 => Operation::Settle { date, draw: text },
            _ => Operation::CloseDay { date },
        }
    }

    pub fn reference(&mut self) -> ReferenceChange<'static> {
        let number = self.below(8);
        self.reference_number(number)
    }

    pub fn reference_number(&mut self, number: u64) -> ReferenceChange<'static> {
        match number {
            0 => ReferenceChange::Currency(self.currency()),
            1 => ReferenceChange::Closure(self.closure()),
            2 => ReferenceChange::Member(self.member()),
            3 => ReferenceChange::Account(self.account()),
            4 => ReferenceChange::Instrument(self.instrument()),
            5 => ReferenceChange::Holding(OpeningHolding {
                account: self.text(),
                asset: self.text(),
                quantity: self.numeral(),
            }),
            6 => ReferenceChange::Policy(self.policy()),
            _ => ReferenceChange::Priority(self.priority()),
        }
    }

    pub fn currency(&mut self) -> CurrencyChange<'static> {
        CurrencyChange {
            code: self.text(),
            minor_decimals: self.u32() as u8,
            calendar: self.text(),
            from: self.date(),
        }
    }

    pub fn closure(&mut self) -> Closure<'static> {
        Closure { calendar: self.text(), closed_on: self.date(), name: self.text() }
    }

    pub fn member(&mut self) -> MemberChange<'static> {
        MemberChange {
            member: self.text(),
            lei: self.text(),
            name: self.text(),
            status: self.pick(Status::ALL),
            from: self.date(),
        }
    }

    pub fn account(&mut self) -> AccountChange<'static> {
        AccountChange {
            account: self.text(),
            member: self.text(),
            kind: self.pick(AccountKind::ALL),
            status: self.pick(Status::ALL),
            from: self.date(),
        }
    }

    pub fn instrument(&mut self) -> InstrumentChange<'static> {
        InstrumentChange {
            isin: self.text(),
            replaces: self.text(),
            symbol: self.text(),
            name: self.text(),
            kind: self.text(),
            currency: self.text(),
            quantity_decimals: self.u32() as u8,
            listed_on: self.text(),
            trading_calendar: self.text(),
            settlement_calendar: self.text(),
            cycle: self.u32() as u16,
            status: self.pick(Status::ALL),
            from: self.date(),
        }
    }

    pub fn policy(&mut self) -> PolicyChange<'static> {
        PolicyChange {
            model: self.pick(ClearingModel::ALL),
            trading_cut_off: self.text(),
            settlement_cut_off: self.text(),
            from: self.date(),
        }
    }

    pub fn priority(&mut self) -> PriorityChange<'static> {
        PriorityChange {
            account: self.text(),
            isin: self.text(),
            group: self.u32(),
            from: self.date(),
        }
    }

    pub fn event(&mut self) -> Event<'static> {
        let number = self.below(EVENTS);
        self.event_number(number)
    }

    pub fn event_number(&mut self, number: u64) -> Event<'static> {
        match number {
            number @ 0..=12 => self.early_event(number),
            number @ 13..=15 => self.revision_or_price(number),
            number => self.run_event(number),
        }
    }

    fn early_event(&mut self, number: u64) -> Event<'static> {
        let id = self.u32();
        match number {
            0 => Event::CurrencyPublished {
                id: CurrencyId(id),
                change: self.currency(),
                assumed: self.full || self.rarely(2),
            },
            1 => Event::CalendarClosed(self.closure()),
            2 => Event::MemberPublished { id: MemberId(id), change: self.member() },
            3 => Event::AccountPublished { id: AccountId(id), change: self.account() },
            4 => Event::InstrumentPublished { id: InstrumentId(id), change: self.instrument() },
            5 => Event::PolicyPublished(self.policy()),
            6 => Event::PriorityPublished {
                account: AccountId(id),
                instrument: self.option(|r| InstrumentId(r.u32())),
                change: self.priority(),
            },
            7 => Event::HoldingOpened(HoldingOpened {
                account: AccountId(id),
                asset: self.asset(),
                quantity: self.i128(),
                entry: EntryNo(self.u64()),
            }),
            8 => Event::SettlementDateMoved(SettlementDateMoved {
                instrument: InstrumentId(id),
                from: self.date(),
                to: self.date(),
                moved: self.many(Self::net),
                entry: EntryNo(self.u64()),
            }),
            9 => Event::DayOpened(DayOpened {
                date: self.date(),
                commitment: self.option(Self::hash),
                purged_before: self.date(),
            }),
            10 => Event::TradingClosed { date: self.date() },
            11 => Event::TradeCaptured(TradeCaptured {
                trade: TradeId(self.u64()),
                key: self.report().key,
                terms: self.terms(),
            }),
            _ => Event::TradeNovated(TradeNovated {
                trade: TradeId(self.u64()),
                buyer_contract: ContractId(self.u64()),
                seller_contract: ContractId(self.u64()),
                guaranteed_from: Seq(self.u64()),
                cleared: self.cleared(),
                entry: EntryNo(self.u64()),
            }),
        }
    }

    fn revision_or_price(&mut self, number: u64) -> Event<'static> {
        let (trade, key, version) = (TradeId(self.u64()), self.report().key, self.u32());
        let (reverses, entry) = (EntryNo(self.u64()), EntryNo(self.u64()));
        let (terms, previous) = (self.terms(), self.cleared());
        match number {
            13 => {
                let amended =
                    TradeAmended { trade, key, version, terms, previous, reverses, entry };
                Event::TradeAmended(amended)
            }
            14 => {
                let cancelled = TradeCancelled { trade, key, version, previous, reverses, entry };
                Event::TradeCancelled(cancelled)
            }
            _ => Event::PricePublished {
                instrument: previous.instrument,
                price_date: key.trade_date,
                price: terms.price,
            },
        }
    }

    fn run_event(&mut self, number: u64) -> Event<'static> {
        let (run, date, entry) = (Seq(self.u64()), self.date(), EntryNo(self.u64()));
        let (account, currency) = (AccountId(self.u32()), CurrencyId(self.u32()));
        let (kind, status) = (self.pick(RunKind::ALL), self.pick(PaymentStatus::ALL));
        let amount = self.i128();
        match number {
            16 => Event::RunStarted(RunStarted { run, kind, date, draw: self.text() }),
            17 => Event::RunAdvanced(RunAdvanced {
                run,
                step: self.u32(),
                stage: self.pick(RunStage::ALL),
                next: self.u32(),
            }),
            18 => Event::ObligationFellDue(ObligationFellDue {
                net: self.net(),
                settlement_date: date,
                entry,
            }),
            19 => Event::PositionSettled(self.position(run, date)),
            20 => Event::PositionAdjusted(PositionAdjusted {
                change: self.net(),
                sub_account: self.u32(),
                reason: self.pick(AdjustmentReason::ALL),
                link: self.option(|r| Seq(r.u64())),
                date,
                entry,
            }),
            21 => {
                let components = self.money();
                let decided = PaymentDecided {
                    run,
                    date,
                    account,
                    currency,
                    amount,
                    components,
                    status,
                    entry,
                };
                Event::PaymentDecided(decided)
            }
            22 => {
                let due = self.date();
                let tried =
                    AdvanceTried { run, date, account, currency, due, amount, status, entry };
                Event::AdvanceTried(tried)
            }
            23 => Event::RunRounded(RunRounded { run, date, currency, amount, entry }),
            24 => {
                Event::BooksProved(BooksProved { run, date, equations: self.many(Self::equation) })
            }
            _ => Event::RunCompleted(RunCompleted {
                run,
                kind,
                date,
                steps: self.u32(),
                last_entry: entry,
            }),
        }
    }

    fn position(&mut self, run: Seq, date: Date) -> PositionSettled {
        PositionSettled {
            run,
            date,
            account: AccountId(self.u32()),
            sub_account: self.u32(),
            instrument: InstrumentId(self.u32()),
            currency: CurrencyId(self.u32()),
            location: self.u32(),
            open_before: self.i128(),
            moved: self.i128(),
            open_after: self.i128(),
            age: self.u32(),
            price: self.option(|r| Price(r.i128())),
            money: self.money(),
            money_after: self.i128(),
            entry: EntryNo(self.u64()),
        }
    }

    fn equation(&mut self) -> Equation {
        Equation {
            kind: self.pick(EquationKind::ALL),
            class: self.pick(&[Class::Contract, Class::Settled]),
            asset: self.asset(),
            left: self.i128(),
            right: self.i128(),
        }
    }
}
