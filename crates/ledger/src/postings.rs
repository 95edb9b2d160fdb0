//! Which postings each fact of clearing causes: one function for each row of the chart.
//!
//! Amounts are signed by the fact (+ the account is long, receives or is owed); a negative one
//! gives the mirror image. A zero amount posts nothing.

use alloc::vec::Vec;

use basics::{AccountId, CurrencyId, Date, InstrumentId, Minor, Units};

use crate::{Asset, Class, LedgerAccount, Posting, Side};

/// What a trade obliges its two sides to, on its settlement date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// The instrument traded.
    pub instrument: InstrumentId,
    /// The currency of the consideration.
    pub currency: CurrencyId,
    /// The account that receives units and pays.
    pub buyer: AccountId,
    /// The account that delivers units and is paid.
    pub seller: AccountId,
    /// Units of the instrument; positive.
    pub quantity: Units,
    /// Minor units of the currency; zero or positive.
    pub consideration: Minor,
    /// The (actual) settlement date.
    pub settlement_date: Date,
}

/// Debits one account and credits another in one class; mirrored for a negative amount.
fn transfer(
    postings: &mut Vec<Posting>,
    class: Class,
    asset: Asset,
    amount: i128,
    debit: LedgerAccount,
    credit: LedgerAccount,
) {
    let (debit, credit) = match amount.signum() {
        0 => return,
        1 => (debit, credit),
        _ => (credit, debit),
    };
    for (account, side) in [(debit, Side::Debit), (credit, Side::Credit)] {
        postings.push(Posting { class, account, asset, side, amount: amount.abs() });
    }
}

/// Opening balance or deposit of units.
#[must_use]
pub fn opening_units(account: AccountId, instrument: InstrumentId, units: i128) -> Vec<Posting> {
    let mut out = Vec::new();
    let asset = Asset::Instrument(instrument);
    let (debit, credit) = (LedgerAccount::DepositoryMirror, LedgerAccount::Holding(account));
    transfer(&mut out, Class::Settled, asset, units, debit, credit);
    out
}

/// Opening balance or deposit of cash.
#[must_use]
pub fn opening_cash(account: AccountId, currency: CurrencyId, amount: i128) -> Vec<Posting> {
    let mut out = Vec::new();
    let asset = Asset::Currency(currency);
    let (debit, credit) = (LedgerAccount::BankMirror, LedgerAccount::Cash(account));
    transfer(&mut out, Class::Settled, asset, amount, debit, credit);
    out
}

/// A trade captured and novated: the CCP stands between the two sides, flat in both assets.
#[must_use]
pub fn novation(trade: &Cleared) -> Vec<Posting> {
    let mut out = Vec::with_capacity(8);
    let due = |account| LedgerAccount::Due {
        account,
        instrument: trade.instrument,
        date: trade.settlement_date,
    };
    let ccp = LedgerAccount::CcpNovation;
    let (seller, buyer) = (due(trade.seller), due(trade.buyer));
    let units = (Asset::Instrument(trade.instrument), i128::from(trade.quantity.0));
    let money = (Asset::Currency(trade.currency), i128::from(trade.consideration.0));
    transfer(&mut out, Class::Contract, units.0, units.1, seller, ccp);
    transfer(&mut out, Class::Contract, units.0, units.1, ccp, buyer);
    transfer(&mut out, Class::Contract, money.0, money.1, buyer, ccp);
    transfer(&mut out, Class::Contract, money.0, money.1, ccp, seller);
    out
}

/// The undoing of postings: the same lines, each in the other column.
#[must_use]
pub fn reversal(mut postings: Vec<Posting>) -> Vec<Posting> {
    for posting in &mut postings {
        posting.side = posting.side.opposite();
    }
    postings
}

/// One account's open obligations in one instrument: units and the money with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetObligation {
    /// The account.
    pub account: AccountId,
    /// The instrument.
    pub instrument: InstrumentId,
    /// Its currency.
    pub currency: CurrencyId,
    /// Units: + to receive, − to deliver.
    pub units: i128,
    /// Minor units: + to be paid, − to pay.
    pub money: i128,
}

impl NetObligation {
    fn due(&self, date: Date) -> LedgerAccount {
        LedgerAccount::Due { account: self.account, instrument: self.instrument, date }
    }

    /// Both assets moved from one pair of accounts to another.
    fn moved(
        &self,
        from: LedgerAccount,
        units_to: LedgerAccount,
        money_to: LedgerAccount,
    ) -> Vec<Posting> {
        let mut out = Vec::with_capacity(4);
        let units = Asset::Instrument(self.instrument);
        let money = Asset::Currency(self.currency);
        transfer(&mut out, Class::Contract, units, self.units, from, units_to);
        transfer(&mut out, Class::Contract, money, self.money, from, money_to);
        out
    }

    /// The settlement date moved before the obligations fell due.
    #[must_use]
    pub fn date_moved(&self, from: Date, to: Date) -> Vec<Posting> {
        self.moved(self.due(from), self.due(to), self.due(to))
    }

    /// The obligations of a date fell due: they are open position and its money from now on.
    #[must_use]
    pub fn fell_due(&self, date: Date) -> Vec<Posting> {
        let (account, instrument) = (self.account, self.instrument);
        self.moved(
            self.due(date),
            LedgerAccount::Cns { account, instrument },
            LedgerAccount::CnsMoney { account, instrument },
        )
    }

    /// Position and money changed by something other than a trade.
    #[must_use]
    pub fn adjusted(&self) -> Vec<Posting> {
        let (account, instrument) = (self.account, self.instrument);
        let mut out = Vec::with_capacity(4);
        let ccp = LedgerAccount::CcpAdjustment;
        let (cns, money) = (
            LedgerAccount::Cns { account, instrument },
            LedgerAccount::CnsMoney { account, instrument },
        );
        let (units, currency) =
            (Asset::Instrument(self.instrument), Asset::Currency(self.currency));
        transfer(&mut out, Class::Contract, units, self.units, ccp, cns);
        transfer(&mut out, Class::Contract, currency, self.money, ccp, money);
        out
    }
}

/// Units delivered to the CCP by a short account; `units` positive.
#[must_use]
pub fn delivery(account: AccountId, instrument: InstrumentId, units: i128) -> Vec<Posting> {
    let mut out = Vec::with_capacity(4);
    let asset = Asset::Instrument(instrument);
    let cns = LedgerAccount::Cns { account, instrument };
    let (holding, ccp) = (LedgerAccount::Holding(account), LedgerAccount::CcpHolding);
    transfer(&mut out, Class::Settled, asset, units, holding, ccp);
    transfer(&mut out, Class::Contract, asset, units, LedgerAccount::CcpDelivery, cns);
    out
}

/// Units allocated by the CCP to a long account; `units` positive.
#[must_use]
pub fn allocation(account: AccountId, instrument: InstrumentId, units: i128) -> Vec<Posting> {
    let mut out = Vec::with_capacity(4);
    let asset = Asset::Instrument(instrument);
    let cns = LedgerAccount::Cns { account, instrument };
    let (holding, ccp) = (LedgerAccount::Holding(account), LedgerAccount::CcpHolding);
    transfer(&mut out, Class::Settled, asset, units, ccp, holding);
    transfer(&mut out, Class::Contract, asset, units, cns, LedgerAccount::CcpDelivery);
    out
}

/// The money of an open position for the day; + the account is paid.
#[must_use]
pub fn money(
    account: AccountId,
    instrument: InstrumentId,
    currency: CurrencyId,
    amount: i128,
) -> Vec<Posting> {
    let mut out = Vec::with_capacity(2);
    let cns = LedgerAccount::CnsMoney { account, instrument };
    let asset = Asset::Currency(currency);
    transfer(&mut out, Class::Contract, asset, amount, cns, LedgerAccount::CcpMoney);
    out
}

/// A payment between the CCP and an account; + the account receives.
#[must_use]
pub fn payment(account: AccountId, currency: CurrencyId, amount: i128) -> Vec<Posting> {
    let mut out = Vec::with_capacity(2);
    let asset = Asset::Currency(currency);
    let (ccp, cash) = (LedgerAccount::CcpCash, LedgerAccount::Cash(account));
    transfer(&mut out, Class::Settled, asset, amount, ccp, cash);
    out
}

/// A payment owed by an account and not made: the CCP advances it; `amount` positive.
#[must_use]
pub fn advance(account: AccountId, currency: CurrencyId, amount: i128) -> Vec<Posting> {
    let mut out = Vec::with_capacity(2);
    let asset = Asset::Currency(currency);
    let (advance, ccp) = (LedgerAccount::Advance(account), LedgerAccount::CcpCash);
    transfer(&mut out, Class::Settled, asset, amount, advance, ccp);
    out
}

/// An advance repaid from the account's cash; `amount` positive.
#[must_use]
pub fn repayment(account: AccountId, currency: CurrencyId, amount: i128) -> Vec<Posting> {
    let mut out = Vec::with_capacity(2);
    let asset = Asset::Currency(currency);
    let (cash, advance) = (LedgerAccount::Cash(account), LedgerAccount::Advance(account));
    transfer(&mut out, Class::Settled, asset, amount, cash, advance);
    out
}

/// What rounding left after a run: the sum of all its money, + paid out by the CCP.
#[must_use]
pub fn rounding(currency: CurrencyId, amount: i128) -> Vec<Posting> {
    let mut out = Vec::with_capacity(4);
    let asset = Asset::Currency(currency);
    let (money, claim) = (LedgerAccount::CcpMoney, LedgerAccount::RoundingClaim);
    let (cash, ccp) = (LedgerAccount::RoundingCash, LedgerAccount::CcpCash);
    transfer(&mut out, Class::Contract, asset, amount, money, claim);
    transfer(&mut out, Class::Settled, asset, amount, cash, ccp);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::String;

    const A: AccountId = AccountId(1);
    const B: AccountId = AccountId(2);
    const SHARE: InstrumentId = InstrumentId(7);
    const USD: CurrencyId = CurrencyId(3);
    const DAY: Date = Date(40);

    const NET: NetObligation =
        NetObligation { account: A, instrument: SHARE, currency: USD, units: 5, money: -70 };

    /// A posting as the chart writes it: class, account with its owner, asset, column, amount.
    fn line(posting: &Posting) -> String {
        let asset = match posting.asset {
            Asset::Instrument(id) => format!("unit{id}"),
            Asset::Currency(id) => format!("cash{id}"),
        };
        let side = if posting.side == Side::Debit { "debit" } else { "credit" };
        let owner = posting.account.owner().map_or(String::new(), |id| format!(":{id}"));
        let instrument = posting.account.instrument().map_or(String::new(), |id| format!(":{id}"));
        let mut date = String::new();
        if let LedgerAccount::Due { date: day, .. } = posting.account {
            date = format!(":{}", day.0);
        }
        let (class, name) = (posting.class.letter(), posting.account.name());
        format!("{class} {name}{owner}{instrument}{date} {asset} {side} {}", posting.amount)
    }

    fn check(postings: Vec<Posting>, expected: &[&str]) {
        let found: Vec<String> = postings.iter().map(line).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn an_opening_balance_stands_against_its_mirror() {
        check(
            opening_units(A, SHARE, 9),
            &["S depository-mirror unit7 debit 9", "S holding:1 unit7 credit 9"],
        );
        check(opening_cash(A, USD, 9), &["S bank-mirror cash3 debit 9", "S cash:1 cash3 credit 9"]);
        check(opening_units(A, SHARE, 0), &[]);
    }

    #[test]
    fn a_novation_puts_the_ccp_between_both_sides() {
        let trade = Cleared {
            instrument: SHARE,
            currency: USD,
            buyer: A,
            seller: B,
            quantity: Units(5),
            consideration: Minor(70),
            settlement_date: DAY,
        };
        let expected = [
            "C due:2:7:40 unit7 debit 5",
            "C ccp-novation unit7 credit 5",
            "C ccp-novation unit7 debit 5",
            "C due:1:7:40 unit7 credit 5",
            "C due:1:7:40 cash3 debit 70",
            "C ccp-novation cash3 credit 70",
            "C ccp-novation cash3 debit 70",
            "C due:2:7:40 cash3 credit 70",
        ];
        check(novation(&trade), &expected);
        let undone = expected.map(|line| match line.contains("debit") {
            true => line.replace("debit", "credit"),
            false => line.replace("credit", "debit"),
        });
        check(reversal(novation(&trade)), &undone.each_ref().map(String::as_str));
        check(novation(&Cleared { consideration: Minor(0), ..trade }), &expected[..4]);
    }

    #[test]
    fn obligations_move_to_another_date_or_become_position() {
        check(
            NET.date_moved(DAY, Date(41)),
            &[
                "C due:1:7:40 unit7 debit 5",
                "C due:1:7:41 unit7 credit 5",
                "C due:1:7:41 cash3 debit 70",
                "C due:1:7:40 cash3 credit 70",
            ],
        );
        check(
            NET.fell_due(DAY),
            &[
                "C due:1:7:40 unit7 debit 5",
                "C cns:1:7 unit7 credit 5",
                "C cns-money:1:7 cash3 debit 70",
                "C due:1:7:40 cash3 credit 70",
            ],
        );
        check(
            NetObligation { units: -5, money: 0, ..NET }.fell_due(DAY),
            &["C cns:1:7 unit7 debit 5", "C due:1:7:40 unit7 credit 5"],
        );
    }

    #[test]
    fn an_adjustment_stands_against_the_ccp() {
        check(
            NET.adjusted(),
            &[
                "C ccp-adjustment unit7 debit 5",
                "C cns:1:7 unit7 credit 5",
                "C cns-money:1:7 cash3 debit 70",
                "C ccp-adjustment cash3 credit 70",
            ],
        );
    }

    #[test]
    fn units_pass_through_the_ccp() {
        check(
            delivery(A, SHARE, 5),
            &[
                "S holding:1 unit7 debit 5",
                "S holding:ccp unit7 credit 5",
                "C ccp-delivery unit7 debit 5",
                "C cns:1:7 unit7 credit 5",
            ],
        );
        check(
            allocation(B, SHARE, 5),
            &[
                "S holding:ccp unit7 debit 5",
                "S holding:2 unit7 credit 5",
                "C cns:2:7 unit7 debit 5",
                "C ccp-delivery unit7 credit 5",
            ],
        );
    }

    #[test]
    fn money_passes_through_the_ccp() {
        let received = ["C cns-money:1:7 cash3 debit 5", "C ccp-money cash3 credit 5"];
        check(money(A, SHARE, USD, 5), &received);
        let paid = ["C ccp-money cash3 debit 5", "C cns-money:1:7 cash3 credit 5"];
        check(money(A, SHARE, USD, -5), &paid);
        check(payment(A, USD, 5), &["S ccp-cash cash3 debit 5", "S cash:1 cash3 credit 5"]);
        check(payment(A, USD, -5), &["S cash:1 cash3 debit 5", "S ccp-cash cash3 credit 5"]);
    }

    #[test]
    fn an_advance_is_owed_until_it_is_repaid() {
        check(advance(A, USD, 5), &["S advance:1 cash3 debit 5", "S ccp-cash cash3 credit 5"]);
        check(repayment(A, USD, 5), &["S cash:1 cash3 debit 5", "S advance:1 cash3 credit 5"]);
    }

    #[test]
    fn rounding_is_the_ccps_own_in_both_classes() {
        let paid_out = [
            "C ccp-money cash3 debit 1",
            "C rounding-claim cash3 credit 1",
            "S rounding-cash cash3 debit 1",
            "S ccp-cash cash3 credit 1",
        ];
        check(rounding(USD, 1), &paid_out);
        let kept = [
            "C rounding-claim cash3 debit 1",
            "C ccp-money cash3 credit 1",
            "S ccp-cash cash3 debit 1",
            "S rounding-cash cash3 credit 1",
        ];
        check(rounding(USD, -1), &kept);
    }
}
