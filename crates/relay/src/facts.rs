//! The records of all other facts: one for the event, and one for each journal entry it causes.

use alloc::vec::Vec;

use basics::Date;
use ledger::JournalEntry;
use ledger::postings::NetObligation;
use model::Event;
use model::entries::entries;
use model::event::{
    AdvanceTried, BooksProved, PaymentDecided, PositionAdjusted, PositionSettled,
    SettlementDateMoved,
};
use model::public::{
    AccountNet, Body, BooksProvedRecord, DateMovedRecord, DayOpenedRecord, EntryRecord,
    EquationRecord, FellDueRecord, PaymentRecord, PositionAdjustedRecord, PositionSettledRecord,
    PostingRecord, PriceRecord, PublicRecord, ReferenceRecord, RoundedRecord, RunCompletedRecord,
    RunStartedRecord,
};

use crate::directory::Directory;
use crate::outlet::Outlet;
use crate::trades;

/// Sends the records of one event. The directory knows the event already.
pub(crate) fn records<F: FnMut(&PublicRecord<'_>)>(
    directory: &Directory,
    event: &Event<'_>,
    outlet: &mut Outlet<'_, F>,
) {
    match event {
        // A trade's own entries are sent in their compact form.
        Event::TradeCaptured(e) => return trades::captured(directory, e, outlet),
        Event::TradeNovated(e) => return trades::novated(directory, e, outlet),
        Event::TradeAmended(e) => return trades::amended(directory, e, outlet),
        Event::TradeCancelled(e) => return trades::cancelled(directory, e, outlet),
        Event::CurrencyPublished { .. }
        | Event::CalendarClosed(_)
        | Event::MemberPublished { .. }
        | Event::AccountPublished { .. }
        | Event::InstrumentPublished { .. }
        | Event::PolicyPublished(_)
        | Event::PriorityPublished { .. }
        | Event::HoldingOpened(_)
        | Event::SettlementDateMoved(_)
        | Event::DayOpened(_)
        | Event::TradingClosed { .. }
        | Event::PricePublished { .. }
        | Event::RunStarted(_)
        | Event::RunAdvanced(_)
        | Event::ObligationFellDue(_)
        | Event::PositionSettled(_)
        | Event::PositionAdjusted(_)
        | Event::PaymentDecided(_)
        | Event::AdvanceTried(_)
        | Event::RunRounded(_)
        | Event::BooksProved(_)
        | Event::RunCompleted(_) => {}
    }
    if let Some(body) = body(directory, event) {
        outlet.send(body);
    }
    // Before the first day, opening balances count for no date of their own.
    let date = outlet.envelope.business_date.unwrap_or(Date::MIN);
    for entry in entries(event, date) {
        outlet.send(Body::EntryPosted(entry_record(directory, &entry)));
    }
}

/// What the event itself says; `None` when its journal entry says it all, or it is internal.
fn body<'a>(directory: &'a Directory, event: &Event<'a>) -> Option<Body<'a>> {
    Some(match event {
        Event::CurrencyPublished { .. }
        | Event::CalendarClosed(_)
        | Event::MemberPublished { .. }
        | Event::AccountPublished { .. }
        | Event::InstrumentPublished { .. }
        | Event::PolicyPublished(_)
        | Event::PriorityPublished { .. } => Body::Reference(reference(directory, event)?),
        Event::SettlementDateMoved(e) => date_moved(directory, e),
        Event::DayOpened(e) => Body::DayOpened(DayOpenedRecord {
            date: e.date,
            commitment: e.commitment,
            purged_before: e.purged_before,
        }),
        Event::TradingClosed { date } => Body::TradingClosed { date: *date },
        Event::PricePublished { instrument, price_date, price } => {
            Body::PricePublished(PriceRecord {
                instrument: directory.instrument(*instrument),
                price_date: *price_date,
                price: *price,
            })
        }
        Event::RunStarted(e) => {
            let (run, kind, date, draw) = (e.run, e.kind, e.date, e.draw);
            Body::RunStarted(RunStartedRecord { run, kind, date, draw })
        }
        Event::ObligationFellDue(e) => Body::ObligationFellDue(FellDueRecord {
            instrument: directory.instrument(e.net.instrument),
            currency: directory.currency(e.net.currency),
            net: account_net(directory, &e.net),
            settlement_date: e.settlement_date,
        }),
        Event::PositionSettled(e) => position_settled(directory, e),
        Event::PositionAdjusted(e) => position_adjusted(directory, e),
        Event::PaymentDecided(e) => payment(directory, e),
        Event::AdvanceTried(e) => advance(directory, e),
        Event::RunRounded(e) => Body::RunRounded(RoundedRecord {
            run: e.run,
            date: e.date,
            currency: directory.currency(e.currency),
            amount: e.amount,
        }),
        Event::BooksProved(e) => books_proved(directory, e),
        Event::RunCompleted(e) => Body::RunCompleted(RunCompletedRecord {
            run: e.run,
            kind: e.kind,
            date: e.date,
            steps: e.steps,
            last_entry: e.last_entry,
        }),
        // The opening entry says it; where a run stands is its own business.
        Event::HoldingOpened(_) | Event::RunAdvanced(_) => return None,
        Event::TradeCaptured(_)
        | Event::TradeNovated(_)
        | Event::TradeAmended(_)
        | Event::TradeCancelled(_) => return None,
    })
}

/// Reference data; `None` for any other event.
#[expect(clippy::wildcard_enum_match_arm, reason = "body lists them all")]
fn reference<'a>(directory: &'a Directory, event: &Event<'a>) -> Option<ReferenceRecord<'a>> {
    Some(match event {
        Event::CurrencyPublished { id, change, .. } => {
            ReferenceRecord::Currency { id: *id, change: *change }
        }
        Event::CalendarClosed(change) => ReferenceRecord::Closure(*change),
        Event::MemberPublished { id, change } => {
            ReferenceRecord::Member { id: *id, change: *change }
        }
        Event::AccountPublished { id, change } => {
            ReferenceRecord::Account { id: *id, change: *change }
        }
        Event::InstrumentPublished { id, change } => {
            ReferenceRecord::Instrument { id: *id, change: *change }
        }
        Event::PolicyPublished(change) => ReferenceRecord::Policy(*change),
        Event::PriorityPublished { account, instrument, change } => ReferenceRecord::Priority {
            account: directory.account(*account),
            instrument: instrument.map(|id| directory.instrument(id)),
            change: *change,
        },
        _ => return None,
    })
}

fn account_net<'a>(directory: &'a Directory, net: &NetObligation) -> AccountNet<'a> {
    AccountNet { account: directory.account(net.account), units: net.units, money: net.money }
}

fn date_moved<'a>(directory: &'a Directory, e: &SettlementDateMoved) -> Body<'a> {
    Body::SettlementDateMoved(DateMovedRecord {
        instrument: directory.instrument(e.instrument),
        currency: e.moved.first().map(|net| directory.currency(net.currency)),
        from: e.from,
        to: e.to,
        moved: e.moved.iter().map(|net| account_net(directory, net)).collect(),
    })
}

fn position_settled<'a>(directory: &'a Directory, e: &PositionSettled) -> Body<'a> {
    Body::PositionSettled(PositionSettledRecord {
        run: e.run,
        date: e.date,
        account: directory.account(e.account),
        sub_account: e.sub_account,
        instrument: directory.instrument(e.instrument),
        currency: directory.currency(e.currency),
        location: e.location,
        open_before: e.open_before,
        moved: e.moved,
        open_after: e.open_after,
        age: e.age,
        price: e.price,
        money: e.money,
        money_after: e.money_after,
    })
}

fn position_adjusted<'a>(directory: &'a Directory, e: &PositionAdjusted) -> Body<'a> {
    Body::PositionAdjusted(PositionAdjustedRecord {
        change: account_net(directory, &e.change),
        sub_account: e.sub_account,
        instrument: directory.instrument(e.change.instrument),
        currency: directory.currency(e.change.currency),
        reason: e.reason,
        link: e.link,
        date: e.date,
    })
}

fn payment<'a>(directory: &'a Directory, e: &PaymentDecided) -> Body<'a> {
    Body::PaymentTried(PaymentRecord {
        run: e.run,
        date: e.date,
        due: e.date,
        account: directory.account(e.account),
        currency: directory.currency(e.currency),
        amount: e.amount,
        components: Some(e.components),
        status: e.status,
    })
}

fn advance<'a>(directory: &'a Directory, e: &AdvanceTried) -> Body<'a> {
    Body::PaymentTried(PaymentRecord {
        run: e.run,
        date: e.date,
        due: e.due,
        account: directory.account(e.account),
        currency: directory.currency(e.currency),
        amount: -e.amount,
        components: None,
        status: e.status,
    })
}

fn books_proved<'a>(directory: &'a Directory, e: &BooksProved) -> Body<'a> {
    let equation = |equation: &model::event::Equation| EquationRecord {
        kind: equation.kind,
        class: equation.class,
        asset: directory.asset(equation.asset),
        left: equation.left,
        right: equation.right,
    };
    let equations = e.equations.iter().map(equation).collect();
    Body::BooksProved(BooksProvedRecord { run: e.run, date: e.date, equations })
}

fn entry_record<'a>(directory: &'a Directory, entry: &JournalEntry) -> EntryRecord<'a> {
    let posting = |posting: &ledger::Posting| PostingRecord {
        class: posting.class,
        account: directory.ledger_account(posting.account),
        asset: directory.asset(posting.asset),
        side: posting.side,
        amount: posting.amount,
    };
    let postings: Vec<_> = entry.postings.iter().map(posting).collect();
    EntryRecord {
        entry: entry.number,
        kind: entry.kind,
        value_date: entry.value_date,
        reverses: entry.reverses,
        components: entry.components,
        postings,
    }
}
