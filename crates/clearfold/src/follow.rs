//! stub
use crate::{context::Context, data_dir::DataDir, failure::Failure};
pub struct Follower;
impl Follower {
    pub fn spawn(_: &DataDir, _: journal::Durable) -> Result<Self, Failure> {
        Ok(Self)
    }
    pub fn finish(self, _: u64) -> Result<(), Failure> {
        Ok(())
    }
}
pub fn rebuild(_: &DataDir, _: &Context) -> Result<(), Failure> {
    Ok(())
}
