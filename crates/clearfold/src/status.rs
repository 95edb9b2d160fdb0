//! stub
pub fn run(
    _: &crate::data_dir::DataDir,
    _: &crate::context::Context,
) -> Result<(), crate::failure::Failure> {
    Ok(())
}
