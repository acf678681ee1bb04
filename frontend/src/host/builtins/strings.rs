//! Methods of strings and bytes.

use super::Builtin;
use super::numbers::integer;
use crate::host::dict::Dict;
use crate::host::error::{HostError, Result};
use crate::host::types::type_name;
use crate::host::value::Value;
use crate::host::{CallArgs, Evaluator};
use num_traits::ToPrimitive;
use std::rc::Rc;
use std::sync::Arc;
use tirade_ir::span::Span;

/// Methods of strings.
pub static METHODS: &[Builtin] = &[
    Builtin::new("capitalize", |ev, args, _| map(ev, args, "capitalize", capitalized)),
    Builtin::new("casefold", |ev, args, _| map(ev, args, "casefold", str::to_lowercase)),
    Builtin::new("center", |ev, args, _| justify(ev, args, "center")),
    Builtin::new("count", count),
    Builtin::new("encode", encode),
    Builtin::new("endswith", |ev, args, _| affix(ev, args, "endswith", |t, p| t.ends_with(p))),
    Builtin::new("expandtabs", expandtabs),
    Builtin::new("find", |ev, args, _| {
        find(ev, args, "find").map(|at| Value::Int(at.unwrap_or(-1)))
    }),
    Builtin::new("format", format),
    Builtin::new("format_map", format_map),
    Builtin::new("index", |ev, args, _| found(find(ev, args, "index")?)),
    Builtin::new("isalnum", |_, args, _| all_chars(args, "isalnum", char::is_alphanumeric)),
    Builtin::new("isalpha", |_, args, _| all_chars(args, "isalpha", char::is_alphabetic)),
    Builtin::new("isascii", |_, args, _| {
        let [text] = args.exact("isascii")?;
        Ok(Value::Bool(receiver(&text)?.is_ascii()))
    }),
    Builtin::new("isdecimal", |_, args, _| all_chars(args, "isdecimal", |c| c.is_ascii_digit())),
    Builtin::new("isdigit", |_, args, _| all_chars(args, "isdigit", |c| c.is_ascii_digit())),
    Builtin::new("isidentifier", isidentifier),
    Builtin::new("islower", |_, args, _| cased(args, "islower", char::is_lowercase)),
    Builtin::new("isnumeric", |_, args, _| all_chars(args, "isnumeric", char::is_numeric)),
    Builtin::new("isspace", |_, args, _| all_chars(args, "isspace", char::is_whitespace)),
    Builtin::new("isupper", |_, args, _| cased(args, "isupper", char::is_uppercase)),
    Builtin::new("join", join),
    Builtin::new("ljust", |ev, args, _| justify(ev, args, "ljust")),
    Builtin::new("lower", |ev, args, _| map(ev, args, "lower", str::to_lowercase)),
    Builtin::new("lstrip", |_, args, _| strip(args, "lstrip", true, false)),
    Builtin::new("partition", |_, args, _| partition(args, "partition")),
    Builtin::new("removeprefix", removeprefix),
    Builtin::new("removesuffix", removesuffix),
    Builtin::new("replace", replace),
    Builtin::new("rfind", |ev, args, _| {
        find(ev, args, "rfind").map(|at| Value::Int(at.unwrap_or(-1)))
    }),
    Builtin::new("rindex", |ev, args, _| found(find(ev, args, "rindex")?)),
    Builtin::new("rjust", |ev, args, _| justify(ev, args, "rjust")),
    Builtin::new("rpartition", |_, args, _| partition(args, "rpartition")),
    Builtin::new("rsplit", |ev, args, _| split(ev, args, "rsplit")),
    Builtin::new("rstrip", |_, args, _| strip(args, "rstrip", false, true)),
    Builtin::new("split", |ev, args, _| split(ev, args, "split")),
    Builtin::new("splitlines", splitlines),
    Builtin::new("startswith", |ev, args, _| {
        affix(ev, args, "startswith", |t, p| t.starts_with(p))
    }),
    Builtin::new("strip", |_, args, _| strip(args, "strip", true, true)),
    Builtin::new("swapcase", |ev, args, _| map(ev, args, "swapcase", swapped)),
    Builtin::new("title", |ev, args, _| map(ev, args, "title", titled)),
    Builtin::new("translate", translate),
    Builtin::new("upper", |ev, args, _| map(ev, args, "upper", str::to_uppercase)),
    Builtin::new("zfill", |ev, args, _| justify(ev, args, "zfill")),
];

/// Methods of bytes.
pub static BYTES_METHODS: &[Builtin] = &[
    Builtin::new("decode", |_, args, _| {
        let values = args.between("decode", 1, 3)?;
        match &values[0] {
            Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.into()),
                Err(_) => Err(HostError::value_error("'utf-8' codec can't decode the bytes")),
            },
            other => Err(wrong_receiver(other)),
        }
    }),
    Builtin::new("hex", |_, args, _| {
        let [bytes] = args.exact("hex")?;
        match &bytes {
            Value::Bytes(bytes) => {
                Ok(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>().into())
            }
            other => Err(wrong_receiver(other)),
        }
    }),
];

/// `str.maketrans`
pub static MAKETRANS: Builtin = Builtin::new("maketrans", |ev, args, _| {
    let values = args.between("maketrans", 1, 3)?;
    let dict = Rc::new(Dict::default());
    let code = |c: char| Value::Int(i64::from(u32::from(c)));
    match &values[..] {
        [Value::Dict(source)] => {
            for (key, value) in source.entries() {
                let key = match &key {
                    Value::Str(text) => text.chars().next().map_or(Value::None, code),
                    other => other.clone(),
                };
                ev.dict_set(&dict, key, value)?;
            }
        }
        [Value::Str(from), Value::Str(to), rest @ ..] => {
            if from.chars().count() != to.chars().count() {
                let message = "the first two maketrans arguments must have equal length";
                return Err(HostError::value_error(message));
            }
            for (a, b) in from.chars().zip(to.chars()) {
                ev.dict_set(&dict, code(a), code(b))?;
            }
            for c in rest.first().and_then(Value::as_str).unwrap_or("").chars() {
                ev.dict_set(&dict, code(c), Value::None)?;
            }
        }
        _ => return Err(HostError::type_error("maketrans() takes a dict or two strings")),
    }
    Ok(Value::Dict(dict))
});

fn wrong_receiver(value: &Value) -> HostError {
    HostError::type_error(format!(
        "this method of 'str' objects doesn't apply to a '{}' object",
        type_name(value)
    ))
}

fn receiver(value: &Value) -> Result<Arc<str>> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        other => Err(wrong_receiver(other)),
    }
}

fn text_arg(value: &Value, what: &str) -> Result<Arc<str>> {
    match value {
        Value::Str(text) => Ok(text.clone()),
        other => {
            Err(HostError::type_error(format!("{what} must be str, not {}", type_name(other))))
        }
    }
}

fn map(ev: &mut Evaluator, args: CallArgs, name: &str, f: fn(&str) -> String) -> Result<Value> {
    let [text] = args.exact(name)?;
    let result = f(&receiver(&text)?);
    ev.budget.consume(result.len() + 32)?;
    Ok(result.into())
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars.as_str().to_lowercase().chars()).collect(),
        None => String::new(),
    }
}

fn titled(text: &str) -> String {
    let mut in_word = false;
    let mut out = String::new();
    for c in text.chars() {
        match in_word {
            true => out.extend(c.to_lowercase()),
            false => out.extend(c.to_uppercase()),
        }
        in_word = c.is_alphabetic();
    }
    out
}

fn swapped(text: &str) -> String {
    let swap = |c: char| match c.is_uppercase() {
        true => c.to_lowercase().collect::<String>(),
        false => c.to_uppercase().collect(),
    };
    text.chars().map(swap).collect()
}

fn all_chars(args: CallArgs, name: &str, test: impl Fn(char) -> bool) -> Result<Value> {
    let [text] = args.exact(name)?;
    let text = receiver(&text)?;
    Ok(Value::Bool(!text.is_empty() && text.chars().all(test)))
}

fn cased(args: CallArgs, name: &str, test: fn(char) -> bool) -> Result<Value> {
    let [text] = args.exact(name)?;
    let text = receiver(&text)?;
    let mut letters = text.chars().filter(|c| c.is_lowercase() || c.is_uppercase()).peekable();
    Ok(Value::Bool(letters.peek().is_some() && letters.all(test)))
}

fn isidentifier(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [text] = args.exact("isidentifier")?;
    let text = receiver(&text)?;
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
    Ok(Value::Bool(starts && chars.all(|c| c.is_alphanumeric() || c == '_')))
}

fn justify(ev: &mut Evaluator, args: CallArgs, name: &str) -> Result<Value> {
    let values = args.between(name, 2, 3)?;
    let text = receiver(&values[0])?;
    let width = integer(ev, &values[1])?.to_usize().unwrap_or(0);
    let fill = match values.get(2) {
        None if name == "zfill" => '0',
        None => ' ',
        Some(fill) => {
            let fill = text_arg(fill, "the fill character")?;
            let mut chars = fill.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => c,
                _ => {
                    let message = "The fill character must be exactly one character long";
                    return Err(HostError::type_error(message));
                }
            }
        }
    };
    let missing = width.saturating_sub(text.chars().count());
    ev.budget.consume(missing.saturating_add(text.len() + 32))?;
    let run = |n: usize| String::from_iter(std::iter::repeat_n(fill, n));
    Ok(match name {
        "ljust" => format!("{text}{}", run(missing)),
        "rjust" => format!("{}{text}", run(missing)),
        "zfill" => {
            let sign = text.chars().next().filter(|c| matches!(c, '+' | '-'));
            let digits = if sign.is_some() { &text[1..] } else { &text[..] };
            format!("{}{}{digits}", sign.map_or(String::new(), String::from), run(missing))
        }
        _ => {
            // Python puts the odd blank on the left where the width is odd.
            let left = missing / 2 + (missing & width & 1);
            format!("{}{text}{}", run(left), run(missing - left))
        }
    }
    .into())
}

/// The part of a string between two optional bounds, with its first character's number.
fn bounded(ev: &mut Evaluator, text: &Arc<str>, bounds: &[Value]) -> Result<Option<(String, i64)>> {
    if bounds.is_empty() {
        return Ok(Some((text.to_string(), 0)));
    }
    let n_chars = text.chars().count();
    let slice = crate::host::SliceValue {
        lower: bounds[0].clone(),
        upper: bounds.get(1).cloned().unwrap_or(Value::None),
        step: Value::None,
    };
    let picked = ev.slice_positions(&slice, n_chars)?;
    if picked.start > picked.stop {
        return Ok(None);
    }
    let n = (picked.stop - picked.start) as usize;
    let piece = text.chars().skip(picked.start as usize).take(n).collect();
    Ok(Some((piece, picked.start)))
}

fn find(ev: &mut Evaluator, args: CallArgs, name: &str) -> Result<Option<i64>> {
    let values = args.between(name, 2, 4)?;
    let (text, part) = (receiver(&values[0])?, text_arg(&values[1], "the substring")?);
    ev.budget.step(text.len() as u64 / 16)?;
    let Some((piece, start)) = bounded(ev, &text, &values[2..])? else {
        return Ok(None);
    };
    let at = if name.starts_with('r') { piece.rfind(&*part) } else { piece.find(&*part) };
    Ok(at.map(|at| start + piece[..at].chars().count() as i64))
}

fn found(at: Option<i64>) -> Result<Value> {
    at.map(Value::Int).ok_or_else(|| HostError::value_error("substring not found"))
}

fn count(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let values = args.between("count", 2, 4)?;
    let (text, part) = (receiver(&values[0])?, text_arg(&values[1], "the substring")?);
    ev.budget.step(text.len() as u64 / 16)?;
    let Some((piece, _)) = bounded(ev, &text, &values[2..])? else {
        return Ok(Value::Int(0));
    };
    let n = if part.is_empty() { piece.chars().count() + 1 } else { piece.matches(&*part).count() };
    Ok(n.into())
}

fn affix(
    ev: &mut Evaluator,
    args: CallArgs,
    name: &str,
    test: fn(&str, &str) -> bool,
) -> Result<Value> {
    let values = args.between(name, 2, 4)?;
    let text = receiver(&values[0])?;
    let Some((piece, _)) = bounded(ev, &text, &values[2..])? else {
        return Ok(Value::Bool(false));
    };
    let what = format!("{name} first arg must be str or a tuple of str");
    match &values[1] {
        Value::Tuple(affixes) => {
            for affix in affixes.iter() {
                if test(&piece, &text_arg(affix, &what)?) {
                    return Ok(Value::Bool(true));
                }
            }
            Ok(Value::Bool(false))
        }
        affix => Ok(Value::Bool(test(&piece, &text_arg(affix, &what)?))),
    }
}

fn encode(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [text, _, _] = args.bind("encode", ["self", "encoding", "errors"], 1)?;
    Ok(Value::Bytes(receiver(&text.expect("required"))?.as_bytes().into()))
}

fn expandtabs(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [text, size] = args.bind("expandtabs", ["self", "tabsize"], 1)?;
    let text = receiver(&text.expect("required"))?;
    let size = size.and_then(|size| size.as_int()).unwrap_or(8).clamp(0, 1 << 16) as usize;
    let mut out = String::new();
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' if size > 0 => {
                let n = size - column % size;
                out.push_str(&" ".repeat(n));
                column += n;
            }
            '\t' => {}
            c => {
                out.push(c);
                column = if matches!(c, '\n' | '\r') { 0 } else { column + 1 };
            }
        }
        ev.budget.reserve(out.len())?;
    }
    Ok(out.into())
}

fn format(ev: &mut Evaluator, mut args: CallArgs, _: Span) -> Result<Value> {
    if args.positional.is_empty() {
        return Err(HostError::type_error("format() needs a string"));
    }
    let text = receiver(&args.positional.remove(0).value)?;
    ev.str_format(&text, &args).map(Value::from)
}

fn format_map(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [text, mapping] = args.exact("format_map")?;
    let text = receiver(&text)?;
    let mut named = CallArgs::default();
    for (key, value) in ev.mapping_entries(&mapping)? {
        let name = text_arg(&key, "the key")?.as_ref().into();
        named.keyword.push(crate::host::KeywordArg { name, value, span: Span::NONE });
    }
    ev.str_format(&text, &named).map(Value::from)
}

fn join(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [separator, iterable] = args.exact("join")?;
    let separator = receiver(&separator)?;
    let mut out = String::new();
    for (at, item) in ev.iterate(&iterable, span)?.into_iter().enumerate() {
        let Value::Str(piece) = &item else {
            return Err(HostError::type_error(format!(
                "sequence item {at}: expected str instance, {} found",
                type_name(&item)
            )));
        };
        if at > 0 {
            out.push_str(&separator);
        }
        out.push_str(piece);
        ev.budget.reserve(2 * out.len())?;
    }
    ev.budget.consume(out.len() + 32)?;
    Ok(out.into())
}

fn strip(args: CallArgs, name: &str, left: bool, right: bool) -> Result<Value> {
    let values = args.between(name, 1, 2)?;
    let text = receiver(&values[0])?;
    let set = match values.get(1) {
        None | Some(Value::None) => None,
        Some(chars) => Some(text_arg(chars, &format!("{name} arg"))?),
    };
    let drops = |c: char| set.as_ref().map_or(c.is_whitespace(), |set| set.contains(c));
    let mut piece = &*text;
    if left {
        piece = piece.trim_start_matches(drops);
    }
    if right {
        piece = piece.trim_end_matches(drops);
    }
    Ok(piece.into())
}

fn partition(args: CallArgs, name: &str) -> Result<Value> {
    let [text, separator] = args.exact(name)?;
    let (text, separator) = (receiver(&text)?, text_arg(&separator, "the separator")?);
    if separator.is_empty() {
        return Err(HostError::value_error("empty separator"));
    }
    let last = name == "rpartition";
    let at = if last { text.rfind(&*separator) } else { text.find(&*separator) };
    let parts = match at {
        Some(at) => [&text[..at], &separator, &text[at + separator.len()..]],
        None if last => ["", "", &text],
        None => [&text, "", ""],
    };
    Ok(Value::tuple(parts.map(Value::from)))
}

fn removeprefix(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [text, prefix] = args.exact("removeprefix")?;
    let (text, prefix) = (receiver(&text)?, text_arg(&prefix, "the prefix")?);
    Ok(text.strip_prefix(&*prefix).unwrap_or(&text).into())
}

fn removesuffix(_: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [text, suffix] = args.exact("removesuffix")?;
    let (text, suffix) = (receiver(&text)?, text_arg(&suffix, "the suffix")?);
    Ok(text.strip_suffix(&*suffix).unwrap_or(&text).into())
}

fn replace(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [text, old, new, n] = args.bind("replace", ["self", "old", "new", "count"], 3)?;
    let text = receiver(&text.expect("required"))?;
    let old = text_arg(&old.expect("required"), "replace() argument 1")?;
    let new = text_arg(&new.expect("required"), "replace() argument 2")?;
    let n = n.and_then(|n| n.as_int()).unwrap_or(-1);
    let n_found =
        if old.is_empty() { text.chars().count() + 1 } else { text.matches(&*old).count() };
    let n = usize::try_from(n).unwrap_or(usize::MAX).min(n_found);
    ev.budget.consume(n.saturating_mul(new.len()).saturating_add(text.len() + 32))?;
    Ok(text.replacen(&*old, &new, n).into())
}

fn split(ev: &mut Evaluator, args: CallArgs, name: &str) -> Result<Value> {
    let [text, separator, limit] = args.bind(name, ["self", "sep", "maxsplit"], 1)?;
    let text = receiver(&text.expect("required"))?;
    let limit = limit.and_then(|limit| limit.as_int()).unwrap_or(-1);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let from_right = name == "rsplit";
    let mut pieces: Vec<&str> = match &separator {
        None | Some(Value::None) => split_blank(&text, limit, from_right),
        Some(separator) => {
            let separator = text_arg(separator, "the separator")?;
            if separator.is_empty() {
                return Err(HostError::value_error("empty separator"));
            }
            let n = limit.saturating_add(1);
            let parts: Vec<&str> = match from_right {
                true => text.rsplitn(n, &*separator).collect(),
                false => text.splitn(n, &*separator).collect(),
            };
            let values = parts.into_iter().map(Value::from);
            let mut values: Vec<Value> = values.collect();
            if from_right {
                values.reverse();
            }
            ev.charge_items(values.len())?;
            ev.budget.consume(text.len())?;
            return ev.new_list(values);
        }
    };
    if from_right {
        pieces.reverse();
    }
    ev.charge_items(pieces.len())?;
    ev.budget.consume(text.len())?;
    ev.new_list(pieces.into_iter().map(Value::from).collect())
}

/// Splits at runs of blanks; pieces come in the direction of the search.
fn split_blank(text: &str, limit: usize, from_right: bool) -> Vec<&str> {
    let trim = |text| match from_right {
        true => str::trim_end(text),
        false => str::trim_start(text),
    };
    let mut pieces = Vec::new();
    let mut rest = trim(text);
    while !rest.is_empty() {
        let at = match from_right {
            true => rest.rfind(char::is_whitespace),
            false => rest.find(char::is_whitespace),
        };
        let Some(at) = at.filter(|_| pieces.len() < limit) else {
            pieces.push(rest);
            break;
        };
        let blank = rest[at..].chars().next().map_or(1, char::len_utf8);
        let (head, tail) = (&rest[..at], &rest[at + blank..]);
        let (piece, more) = if from_right { (tail, head) } else { (head, tail) };
        pieces.push(piece);
        rest = trim(more);
    }
    pieces
}

fn splitlines(ev: &mut Evaluator, args: CallArgs, span: Span) -> Result<Value> {
    let [text, keep] = args.bind("splitlines", ["self", "keepends"], 1)?;
    let text = receiver(&text.expect("required"))?;
    let keep = keep.map_or(Ok(false), |keep| ev.truthy(&keep, span))?;
    let lines = text.split_inclusive('\n').map(|line| match keep {
        true => Value::from(line),
        false => {
            let line = line.strip_suffix('\n').unwrap_or(line);
            Value::from(line.strip_suffix('\r').unwrap_or(line))
        }
    });
    let lines: Vec<Value> = lines.collect();
    ev.budget.consume(text.len())?;
    ev.new_list(lines)
}

fn translate(ev: &mut Evaluator, args: CallArgs, _: Span) -> Result<Value> {
    let [text, table] = args.exact("translate")?;
    let text = receiver(&text)?;
    let table = super::dicts::receiver(&table)?;
    let mut out = String::new();
    for c in text.chars() {
        match ev.dict_get(&table, &Value::Int(i64::from(u32::from(c))))? {
            None => out.push(c),
            Some(Value::None) => {}
            Some(Value::Str(piece)) => out.push_str(&piece),
            Some(other) => {
                let code = other.as_int().and_then(|v| u32::try_from(v).ok());
                out.extend(code.and_then(char::from_u32));
            }
        }
    }
    ev.budget.consume(out.len() + 32)?;
    Ok(out.into())
}
