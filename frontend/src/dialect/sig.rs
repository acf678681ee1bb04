//! Signatures: how the arguments of a call bind to the parameters of a `T.*` name.
//!
//! A signature is written as Python writes it: `(start, stop=None, *, annotations=None)`. `*args`
//! collects further positional arguments, `**attrs` further keyword arguments.

use super::suggest::did_you_mean;
use super::table::Entry;
use crate::ast::Ident;
use crate::host::{Arg, CallArgs, HostError, KeywordArg, Result, Value};
use smallvec::SmallVec;
use tirade_ir::diag::{Code, Diagnostic};
use tirade_ir::span::Span;

/// The parameters of a name, in order.
#[derive(Debug)]
pub struct Signature {
    /// As it is written.
    pub text: &'static str,
    params: Box<[Parameter]>,
    /// How many parameters can be given by position.
    positional: usize,
    /// Has `*args`.
    rest: bool,
    /// Has `**kwargs`.
    keywords: bool,
    /// Where `span` stands, which TVM's functions have and scripts do not give.
    span: Option<usize>,
}

#[derive(Debug)]
struct Parameter {
    name: &'static str,
    required: bool,
}

impl Signature {
    /// Reads a signature.
    ///
    /// # Panics
    /// If `text` has no parentheses: signatures are constants of the tables.
    pub fn new(text: &'static str) -> Signature {
        let inner = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')).expect("(…)");
        let mut sig = Signature {
            text,
            params: Box::default(),
            positional: 0,
            rest: false,
            keywords: false,
            span: None,
        };
        let mut params = Vec::new();
        let mut by_name_only = false;
        for part in inner.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            match part {
                "*" => by_name_only = true,
                _ if part.starts_with("**") => sig.keywords = true,
                _ if part.starts_with('*') => {
                    sig.rest = true;
                    by_name_only = true;
                }
                _ => {
                    let (name, required) = match part.split_once('=') {
                        Some((name, _)) => (name, false),
                        None => (part, true),
                    };
                    params.push(Parameter { name, required });
                    sig.positional += usize::from(!by_name_only);
                }
            }
        }
        sig.params = params.into();
        sig.span = sig.position("span");
        sig
    }

    /// The names of the parameters.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.params.iter().map(|p| p.name)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.params.iter().position(|p| p.name == name)
    }
}

/// The arguments of one call, bound to the parameters of the called name.
pub struct Bound {
    /// What is called.
    pub entry: &'static Entry,
    sig: &'static Signature,
    slots: SmallVec<[Option<Arg>; 8]>,
    /// What `*args` collected.
    pub rest: SmallVec<[Arg; 4]>,
    /// What `**kwargs` collected.
    pub keywords: SmallVec<[KeywordArg; 2]>,
    /// The names that the result is assigned to.
    pub targets: SmallVec<[Ident; 2]>,
    /// The whole call.
    pub span: Span,
}

impl Bound {
    /// The argument of a required parameter.
    ///
    /// # Panics
    /// If the signature has no required parameter of that name.
    pub fn arg(&self, name: &str) -> &Arg {
        let slot = self.sig.position(name).and_then(|i| self.slots[i].as_ref());
        slot.unwrap_or_else(|| panic!("`{}` requires `{name}`", self.entry.name))
    }

    /// The argument of an optional parameter; `None` if it was left out, is Python's `None`, or
    /// the signature does not know it.
    pub fn opt(&self, name: &str) -> Option<&Arg> {
        let slot = self.sig.position(name).and_then(|i| self.slots[i].as_ref());
        slot.filter(|a| !matches!(a.value, Value::None))
    }

    /// The argument of a parameter, `None` of Python or not; nothing if it was left out.
    pub fn given(&self, name: &str) -> Option<&Arg> {
        self.sig.position(name).and_then(|i| self.slots[i].as_ref())
    }

    /// All arguments in the order of the parameters, those of `skipped` left out, then what `*args`
    /// collected.
    pub fn in_order(&self, skipped: &[&str]) -> Vec<&Arg> {
        let params = self.sig.params.iter().zip(&self.slots);
        let kept = params.filter(|(p, _)| !skipped.contains(&p.name));
        kept.filter_map(|(_, slot)| slot.as_ref()).chain(&self.rest).collect()
    }

    /// The name that the result is assigned to, if it is a single one.
    pub fn target(&self) -> Option<Ident> {
        match self.targets.as_slice() {
            [name] => Some(*name),
            _ => None,
        }
    }

    /// Name for what the call makes: its target, or `default`.
    pub fn target_or(&self, default: &str) -> tirade_ir::Symbol {
        self.target().map_or_else(|| default.into(), |t| t.name)
    }
}

/// Binds the arguments of a call.
pub fn bind(
    entry: &'static Entry,
    sig: &'static Signature,
    args: CallArgs,
    span: Span,
) -> Result<Bound> {
    let mut slots: SmallVec<[Option<Arg>; 8]> = SmallVec::new();
    slots.resize_with(sig.params.len(), || None);
    let mut rest = SmallVec::new();
    for (i, arg) in args.positional.into_iter().enumerate() {
        if i < sig.positional {
            slots[i] = Some(arg);
        } else if sig.rest {
            rest.push(arg);
        } else {
            return Err(too_many(entry, sig, arg.span));
        }
    }
    let mut keywords = SmallVec::new();
    for keyword in args.keyword {
        match sig.position(keyword.name.as_str()) {
            Some(i) if slots[i].is_some() => return Err(given_twice(entry, sig, &keyword)),
            Some(i) => slots[i] = Some(Arg { value: keyword.value, span: keyword.span }),
            None if sig.keywords => keywords.push(keyword),
            None => return Err(unknown_keyword(entry, sig, &keyword)),
        }
    }
    let missing = sig.params.iter().zip(&slots).find(|(p, s)| p.required && s.is_none());
    if let Some((param, _)) = missing {
        return Err(missing_argument(entry, sig, param.name, span));
    }
    if let Some(at) = sig.span
        && let Some(arg) = slots[at].as_ref().filter(|arg| !matches!(arg.value, Value::None))
    {
        let message =
            "places in the source are objects of TVM, of which `None` is the only one here";
        let refused = refuse(entry, sig, Code::ARGUMENT_TYPE, arg.span, message.to_owned());
        return Err(HostError::diagnostic(refused));
    }
    Ok(Bound { entry, sig, slots, rest, keywords, targets: args.targets, span })
}

fn refuse(entry: &Entry, sig: &Signature, code: Code, span: Span, message: String) -> Diagnostic {
    Diagnostic::error(code, span, message)
        .with_help(format!("the signature is `{}{}`", entry.name, sig.text))
}

fn too_many(entry: &Entry, sig: &Signature, span: Span) -> HostError {
    let n = sig.positional;
    let message =
        format!("`{}` takes {n} positional argument{}", entry.name, if n == 1 { "" } else { "s" });
    HostError::diagnostic(refuse(entry, sig, Code::TOO_MANY_ARGUMENTS, span, message))
}

fn given_twice(entry: &Entry, sig: &Signature, keyword: &KeywordArg) -> HostError {
    let message = format!("`{}` of `{}` is given twice", keyword.name, entry.name);
    HostError::diagnostic(refuse(entry, sig, Code::DUPLICATE_ARGUMENT, keyword.span, message))
}

fn missing_argument(entry: &Entry, sig: &Signature, name: &str, span: Span) -> HostError {
    let message = format!("`{}` needs an argument for `{name}`", entry.name);
    HostError::diagnostic(refuse(entry, sig, Code::MISSING_PARAMETER, span, message))
}

fn unknown_keyword(entry: &Entry, sig: &Signature, keyword: &KeywordArg) -> HostError {
    let message = format!("`{}` has no parameter `{}`", entry.name, keyword.name);
    let mut diagnostic = refuse(entry, sig, Code::UNKNOWN_KEYWORD, keyword.span, message);
    if let Some(name) = did_you_mean(keyword.name.as_str(), sig.names()) {
        diagnostic.help.insert(0, format!("did you mean `{name}`?"));
    }
    HostError::diagnostic(diagnostic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_read() {
        let sig = Signature::new("(start, stop=None, *, step=None, **more)");
        assert_eq!(sig.names().collect::<Vec<_>>(), ["start", "stop", "step"]);
        assert_eq!((sig.positional, sig.rest, sig.keywords), (2, false, true));
        assert!(sig.params[0].required && !sig.params[1].required);
        let sig = Signature::new("(*extents, dtype=None)");
        assert_eq!((sig.positional, sig.rest, sig.keywords), (0, true, false));
        assert_eq!(Signature::new("()").names().count(), 0);
    }
}
