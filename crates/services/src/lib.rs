//! Real services for tests and developers, started without containers.
