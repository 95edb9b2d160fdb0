//! Foreign formats: the market directory in CSV.
