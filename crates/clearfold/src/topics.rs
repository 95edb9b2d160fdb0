//! `topics`: what the topics must be, and what they are.

use kafka::topics::{Admin, Difference, Plan, diff, script};
use serde_json::{Value, json};

use crate::brokers;
use crate::cli::Topics;
use crate::context::Context;
use crate::failure::{Exit, Failure};

/// Runs a verb of `topics`.
pub fn run(verb: &Topics, context: &Context) -> Result<(), Failure> {
    match verb {
        Topics::Plan(args) => {
            let (connection, settings) = brokers::planned(args)?;
            let plan = Plan::new(&connection.names, &settings);
            let differences = diff(&plan, &Admin::open(&connection)?.look()?);
            print(context, "the topics are as planned", &differences);
            Ok(())
        }
        Topics::Apply(args) => {
            let (connection, settings) = brokers::planned(args)?;
            let plan = Plan::new(&connection.names, &settings);
            let mended = Admin::open(&connection)?.apply(&plan)?;
            print(context, "nothing to do", &mended);
            Ok(())
        }
        Topics::Check(args) => {
            let (connection, settings) = brokers::planned(args)?;
            let plan = Plan::new(&connection.names, &settings);
            let differences = diff(&plan, &Admin::open(&connection)?.look()?);
            print(context, "the topics are as planned", &differences);
            if differences.is_empty() {
                return Ok(());
            }
            let count = differences.len();
            let message = format!(
                "{count} differences between plan and topics; run `clearfold topics apply`, or \
                 correct the plan"
            );
            Err(Failure::new(Exit::Findings, message))
        }
        Topics::Acls(args) => {
            let script = script(&brokers::connection(args)?.names);
            context.print(&script, &json!({ "script": script }));
            Ok(())
        }
    }
}

/// One line for each difference, or `otherwise`.
fn print(context: &Context, otherwise: &str, differences: &[Difference]) {
    let lines: Vec<_> = differences.iter().map(ToString::to_string).collect();
    let text = if lines.is_empty() { otherwise.to_owned() } else { lines.join("\n") };
    let json: Vec<Value> = differences
        .iter()
        .map(|difference| {
            json!({
                "topic": difference.topic().name(),
                "difference": difference.to_string(),
                "apply_mends_it": difference.is_mended(),
            })
        })
        .collect();
    context.print(&format!("{text}\n"), &json!({ "differences": json }));
}
