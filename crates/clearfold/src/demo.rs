//! stub
pub fn run(
    _: &crate::cli::Demo,
    _: &crate::context::Context,
) -> Result<(), crate::failure::Failure> {
    Ok(())
}
