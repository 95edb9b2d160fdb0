//! stub
pub fn run(
    _: &crate::cli::Export,
    _: &crate::context::Context,
) -> Result<(), crate::failure::Failure> {
    Ok(())
}
