//! Protobuf to model and back, versions and upcasting.
