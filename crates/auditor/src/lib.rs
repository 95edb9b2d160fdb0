//! The naive second engine: recomputes everything from accepted inputs.
