//! Random public records.

use basics::{
    AccountId, ContractId, CurrencyId, EntryNo, InstrumentId, MemberId, Minor, Price, Seq, TradeId,
    Units,
};
use ledger::{Class, EntryKind, LedgerAccount, Side};
use model::event::{AdjustmentReason, EquationKind, PaymentStatus, RunKind};
use model::public::*;
use model::{DeadLetterReason, Place, Rejection};

use crate::random::Random;

/// How many kinds of bodies there are.
pub const BODIES: u64 = 30;

impl Random {
    /// A public record with a body of this kind.
    pub fn record(&mut self, kind: u64) -> PublicRecord<'static> {
        let place = Place {
            channel: self.text(),
            position: self.u64(),
            item: self.u32(),
            pass: self.u32(),
        };
        let envelope = Envelope {
            segment: self.u32(),
            seq: Seq(self.u64()),
            topic_seq: self.u64(),
            place: self.option(|_| place),
            business_date: self.option(Self::date),
            rules_version: self.u32(),
            actor: self.text(),
        };
        let body = match kind {
            0..=4 => Body::TradeStatus(self.status(kind)),
            5..=11 => Body::Reference(self.reference_record(kind - 5)),
            12..=18 => self.trade_or_day(kind),
            19..=24 => self.run_record(kind),
            _ => self.books_record(kind),
        };
        PublicRecord { envelope, body }
    }

    fn account_ref(&mut self) -> AccountRef<'static> {
        AccountRef { id: AccountId(self.u32()), code: self.text() }
    }

    fn instrument_ref(&mut self) -> InstrumentRef<'static> {
        let decimals = self.u32() as u8;
        InstrumentRef { id: InstrumentId(self.u32()), isin: self.text(), decimals }
    }

    fn currency_ref(&mut self) -> CurrencyRef<'static> {
        CurrencyRef { id: CurrencyId(self.u32()), code: self.text(), decimals: self.u32() as u8 }
    }

    fn asset_ref(&mut self) -> AssetRef<'static> {
        let (instrument, currency) = (self.instrument_ref(), self.currency_ref());
        if self.rarely(2) { AssetRef::Instrument(instrument) } else { AssetRef::Currency(currency) }
    }

    fn cleared_record(&mut self) -> ClearedRecord<'static> {
        ClearedRecord {
            instrument: self.instrument_ref(),
            currency: self.currency_ref(),
            buyer: self.account_ref(),
            seller: self.account_ref(),
            quantity: Units(self.i64()),
            consideration: Minor(self.i64()),
            settlement_date: self.date(),
        }
    }

    fn net_record(&mut self) -> AccountNet<'static> {
        AccountNet { account: self.account_ref(), units: self.i128(), money: self.i128() }
    }

    fn status(&mut self, kind: u64) -> TradeStatus<'static> {
        let (key, version) = (self.report().key, self.u32());
        let record = TradeRecord {
            trade: TradeId(self.u64()),
            cleared: self.cleared_record(),
            price: Price(self.i128()),
            contractual_date: self.date(),
            executed_at: self.instant(),
            venue: self.text(),
            attributes: self.attributes(),
        };
        let outcome = match kind {
            0 => TradeOutcome::Captured(record),
            1 => TradeOutcome::Amended(record),
            2 => TradeOutcome::Cancelled { trade: record.trade, previous: record.cleared },
            3 => TradeOutcome::Rejected(self.pick(Rejection::ALL)),
            _ => TradeOutcome::DeadLettered(self.pick(&DeadLetterReason::ALL[..11])),
        };
        TradeStatus { report: self.option(|_| ReportRef { key, version }), outcome }
    }

    fn reference_record(&mut self, kind: u64) -> ReferenceRecord<'static> {
        let id = self.u32();
        match kind {
            0 => ReferenceRecord::Currency { id: CurrencyId(id), change: self.currency() },
            1 => ReferenceRecord::Closure(self.closure()),
            2 => ReferenceRecord::Member { id: MemberId(id), change: self.member() },
            3 => ReferenceRecord::Account { id: AccountId(id), change: self.account() },
            4 => ReferenceRecord::Instrument { id: InstrumentId(id), change: self.instrument() },
            5 => ReferenceRecord::Policy(self.policy()),
            _ => ReferenceRecord::Priority {
                account: self.account_ref(),
                instrument: self.option(Self::instrument_ref),
                change: self.priority(),
            },
        }
    }

    fn trade_or_day(&mut self, kind: u64) -> Body<'static> {
        let date = self.date();
        let trade = TradeId(self.u64());
        match kind {
            12 => Body::InputRefused(InputRefused {
                what: self.pick(&["step", "open_day", "price", "priority"]),
                subject: self.text(),
                date: self.option(Self::date),
                reason: self.pick(Rejection::ALL),
            }),
            13 => Body::DayOpened(DayOpenedRecord {
                date,
                commitment: self.option(Self::hash),
                purged_before: self.date(),
            }),
            14 => Body::TradingClosed { date },
            15 => Body::TradeNovated(NovatedRecord {
                trade,
                buyer_contract: ContractId(self.u64()),
                seller_contract: ContractId(self.u64()),
                guaranteed_from: Seq(self.u64()),
                cleared: self.cleared_record(),
            }),
            16 => Body::TradeRevised(RevisedRecord {
                trade,
                previous: self.cleared_record(),
                now: self.option(Self::cleared_record),
            }),
            17 => Body::SettlementDateMoved(DateMovedRecord {
                instrument: self.instrument_ref(),
                currency: self.option(Self::currency_ref),
                from: date,
                to: self.date(),
                moved: self.many(Self::net_record),
            }),
            _ => Body::PositionAdjusted(PositionAdjustedRecord {
                change: self.net_record(),
                sub_account: self.u32(),
                instrument: self.instrument_ref(),
                currency: self.currency_ref(),
                reason: self.pick(AdjustmentReason::ALL),
                link: self.option(|r| Seq(r.u64())),
                date,
            }),
        }
    }

    fn run_record(&mut self, number: u64) -> Body<'static> {
        let (run, date, kind) = (Seq(self.u64()), self.date(), self.pick(RunKind::ALL));
        let (account, currency) = (self.account_ref(), self.currency_ref());
        let (instrument, amount) = (self.instrument_ref(), self.i128());
        match number {
            19 => Body::RunStarted(RunStartedRecord { run, kind, date, draw: self.text() }),
            20 => Body::ObligationFellDue(FellDueRecord {
                instrument,
                currency,
                net: self.net_record(),
                settlement_date: date,
            }),
            21 => Body::PositionSettled(PositionSettledRecord {
                run,
                date,
                account,
                sub_account: self.u32(),
                instrument,
                currency,
                location: self.u32(),
                open_before: self.i128(),
                moved: self.i128(),
                open_after: self.i128(),
                age: self.u32(),
                price: self.option(|r| Price(r.i128())),
                money: self.money(),
                money_after: amount,
            }),
            22 => Body::PaymentTried(PaymentRecord {
                run,
                date,
                due: self.date(),
                account,
                currency,
                amount,
                components: self.option(Self::money),
                status: self.pick(PaymentStatus::ALL),
            }),
            23 => Body::RunRounded(RoundedRecord { run, date, currency, amount }),
            _ => Body::RunCompleted(RunCompletedRecord {
                run,
                kind,
                date,
                steps: self.u32(),
                last_entry: EntryNo(self.u64()),
            }),
        }
    }

    fn books_record(&mut self, kind: u64) -> Body<'static> {
        let entry = EntryNo(self.u64());
        match kind {
            25 => Body::BooksProved(BooksProvedRecord {
                run: Seq(self.u64()),
                date: self.date(),
                equations: self.many(|r| EquationRecord {
                    kind: r.pick(EquationKind::ALL),
                    class: r.pick(&[Class::Contract, Class::Settled]),
                    asset: r.asset_ref(),
                    left: r.i128(),
                    right: r.i128(),
                }),
            }),
            26 => Body::TradeBooked(TradeEntryRecord {
                entry,
                trade: TradeId(self.u64()),
                reverses: self.option(|r| EntryNo(r.u64())),
                cleared: self.cleared_record(),
            }),
            27 => Body::EntryPosted(EntryRecord {
                entry,
                kind: self.pick(&EntryKind::ALL),
                value_date: self.date(),
                reverses: self.option(|r| EntryNo(r.u64())),
                components: self.option(Self::money),
                postings: self.many(Self::posting),
            }),
            28 => Body::PricePublished(PriceRecord {
                instrument: self.instrument_ref(),
                price_date: self.date(),
                price: Price(self.i128()),
            }),
            _ if self.rarely(2) => Body::Watermark(self.pick(Topic::ALL)),
            _ => Body::DeadLetter(DeadLetterRecord {
                reason: self.pick(&DeadLetterReason::ALL[..11]),
                bytes: self.pick(&[b"".as_slice(), b"XNAS,7", &[0xff; 3]]),
            }),
        }
    }

    fn posting(&mut self) -> PostingRecord<'static> {
        PostingRecord {
            class: self.pick(&[Class::Contract, Class::Settled]),
            account: self.ledger_account(),
            asset: self.asset_ref(),
            side: self.pick(&[Side::Debit, Side::Credit]),
            amount: self.i128(),
        }
    }

    fn ledger_account(&mut self) -> LedgerAccountRef<'static> {
        let (account, instrument) = (AccountId(self.u32()), InstrumentId(self.u32()));
        let date = self.date();
        let key = self.pick(&[
            LedgerAccount::CcpHolding,
            LedgerAccount::Due { account, instrument, date },
            LedgerAccount::Due { account, instrument, date },
            LedgerAccount::Cns { account, instrument },
            LedgerAccount::CnsMoney { account, instrument },
            LedgerAccount::Holding(account),
            LedgerAccount::Cash(account),
            LedgerAccount::Advance(account),
            LedgerAccount::CcpCash,
            LedgerAccount::CcpNovation,
            LedgerAccount::CcpDelivery,
            LedgerAccount::CcpMoney,
            LedgerAccount::RoundingCash,
            LedgerAccount::RoundingClaim,
            LedgerAccount::CcpAdjustment,
            LedgerAccount::DepositoryMirror,
            LedgerAccount::BankMirror,
        ]);
        let owner = key.owner().map(|_| self.text());
        LedgerAccountRef { key, owner, isin: key.instrument().map(|_| self.text()) }
    }
}
