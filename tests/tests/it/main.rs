//! The built program from outside: files in, tables out, crashes in between.
//!
//! Every test works in folders of its own that vanish. What is drawn is drawn from seeds.

mod market;
mod product;
mod random;

mod faults;
mod variations;

mod golden;
mod second_engine;

mod again;
mod repeatable;

mod crash;
mod damage;

mod bad_directories;
mod bad_rows;
mod surroundings;

mod distributed;
mod journals;

mod commands;
mod documents;

mod publish;
