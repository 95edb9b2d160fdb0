//! What an account has seen: debits and credits, and the balance between them.

use crate::Side;

/// Debit and credit turnover of one account in one asset, in the asset's smallest units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Turnover {
    /// Sum of all debits.
    pub debit: i128,
    /// Sum of all credits.
    pub credit: i128,
}

impl Turnover {
    /// Adds a posting's amount to its side.
    pub fn post(&mut self, side: Side, amount: i128) {
        match side {
            Side::Debit => self.debit += amount,
            Side::Credit => self.credit += amount,
        }
    }

    /// Credit less debit: what is owed to the account's owner.
    #[must_use]
    pub fn balance(self) -> i128 {
        self.credit - self.debit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_balance_is_owed_to_the_owner() {
        let mut turnover = Turnover::default();
        turnover.post(Side::Credit, 7);
        turnover.post(Side::Debit, 3);
        turnover.post(Side::Debit, 6);
        assert_eq!(turnover, Turnover { debit: 9, credit: 7 });
        assert_eq!(turnover.balance(), -2);
    }
}
