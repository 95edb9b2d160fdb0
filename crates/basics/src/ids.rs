//! Internal identifiers: small integers, handed out in order by the events that introduce them.
//!
//! Each is its own type, so that they can never be swapped.

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(
            /// The number behind the identifier.
            pub $inner,
        );

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A clearing member.
    MemberId(u32)
);
id!(
    /// A member's account at the clearing house: house, client omnibus, individual client.
    AccountId(u32)
);
id!(
    /// An instrument. It stays when its ISIN changes.
    InstrumentId(u32)
);
id!(
    /// A currency.
    CurrencyId(u32)
);
id!(
    /// A captured trade, in order of capture, from 1.
    TradeId(u64)
);
id!(
    /// One of the two contracts with the CCP that a novated trade becomes.
    ContractId(u64)
);
id!(
    /// A journal entry of the ledger, gapless, from 1.
    EntryNo(u64)
);
id!(
    /// A decision's place in the journal, gapless, from 1.
    Seq(u64)
);
