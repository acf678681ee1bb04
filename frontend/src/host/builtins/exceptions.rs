//! Methods of exceptions.

use super::Builtin;
use crate::host::value::Value;

/// `Exception.__init__`: keeps the arguments.
pub static INIT: Builtin = Builtin::new("__init__", |_, args, _| {
    args.no_keywords("__init__")?;
    let mut values = args.positional.into_iter().map(|arg| arg.value);
    if let Some(Value::Instance(instance)) = values.next() {
        *instance.items.borrow_mut() = values.collect();
    }
    Ok(Value::None)
});
