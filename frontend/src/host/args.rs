//! Arguments of calls.

use super::error::{HostError, Result};
use super::value::Value;
use crate::ast::Ident;
use smallvec::SmallVec;
use tirade_ir::span::Span;
use tirade_ir::symbol::Symbol;

/// A positional argument.
#[derive(Clone)]
pub struct Arg {
    /// The value.
    pub value: Value,
    /// Where it stands; for `*more` that expression.
    pub span: Span,
}

/// A keyword argument.
#[derive(Clone)]
pub struct KeywordArg {
    /// The keyword.
    pub name: Symbol,
    /// The value.
    pub value: Value,
    /// Where it stands; for `**more` that expression.
    pub span: Span,
}

/// The arguments of a call, stars expanded.
#[derive(Clone, Default)]
pub struct CallArgs {
    /// By position.
    pub positional: SmallVec<[Arg; 4]>,
    /// By keyword, in the order written.
    pub keyword: SmallVec<[KeywordArg; 2]>,
    /// The names that the result is directly assigned to.
    pub targets: SmallVec<[Ident; 2]>,
}

impl CallArgs {
    /// Positional arguments without places.
    pub fn positional(values: impl IntoIterator<Item = Value>) -> CallArgs {
        let arg = |value| Arg { value, span: Span::NONE };
        CallArgs { positional: values.into_iter().map(arg).collect(), ..CallArgs::default() }
    }

    /// Puts `receiver` before the positional arguments.
    pub fn with_receiver(mut self, receiver: Value) -> CallArgs {
        self.positional.insert(0, Arg { value: receiver, span: Span::NONE });
        self
    }

    /// Number of arguments.
    pub fn len(&self) -> usize {
        self.positional.len() + self.keyword.len()
    }

    /// True if there are no arguments.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True if an argument is a value of the IR.
    pub fn any_ir(&self) -> bool {
        self.positional.iter().any(|a| a.value.is_ir())
            || self.keyword.iter().any(|a| a.value.is_ir())
    }

    /// Takes the keyword argument `name` out.
    pub fn take_keyword(&mut self, name: &str) -> Option<Value> {
        let at = self.keyword.iter().position(|k| k.name.as_str() == name)?;
        Some(self.keyword.remove(at).value)
    }

    /// Refuses keyword arguments.
    pub fn no_keywords(&self, function: &str) -> Result<()> {
        match self.keyword.first() {
            None => Ok(()),
            Some(k) => Err(HostError::type_error(format!(
                "{function}() got an unexpected keyword argument '{}'",
                k.name
            ))
            .at(k.span)),
        }
    }

    /// Exactly `N` positional arguments and no keywords.
    pub fn exact<const N: usize>(self, function: &str) -> Result<[Value; N]> {
        self.no_keywords(function)?;
        let n_given = self.positional.len();
        if n_given != N {
            return Err(wrong_count(function, N, N, n_given));
        }
        let mut values = self.positional.into_iter().map(|arg| arg.value);
        Ok(std::array::from_fn(|_| values.next().expect("counted above")))
    }

    /// `min` to `max` positional arguments and no keywords.
    pub fn between(self, function: &str, min: usize, max: usize) -> Result<SmallVec<[Value; 4]>> {
        self.no_keywords(function)?;
        let n_given = self.positional.len();
        if n_given < min || max < n_given {
            return Err(wrong_count(function, min, max, n_given));
        }
        Ok(self.positional.into_iter().map(|a| a.value).collect())
    }

    /// Binds to parameters that can be given by position or by name; the first `required` must
    /// be given.
    pub fn bind<const N: usize>(
        self,
        function: &str,
        names: [&str; N],
        required: usize,
    ) -> Result<[Option<Value>; N]> {
        let mut bound = [const { None }; N];
        if self.positional.len() > N {
            return Err(wrong_count(function, required, N, self.positional.len()));
        }
        for (slot, arg) in bound.iter_mut().zip(self.positional) {
            *slot = Some(arg.value);
        }
        for k in self.keyword {
            let Some(at) = names.iter().position(|n| *n == k.name.as_str()) else {
                let text = format!("{function}() got an unexpected keyword argument '{}'", k.name);
                return Err(HostError::type_error(text).at(k.span));
            };
            if bound[at].replace(k.value).is_some() {
                let text = format!("{function}() got multiple values for argument '{}'", k.name);
                return Err(HostError::type_error(text).at(k.span));
            }
        }
        match (0..required).find(|i| bound[*i].is_none()) {
            None => Ok(bound),
            Some(i) => Err(HostError::type_error(format!(
                "{function}() missing required argument '{}' (pos {})",
                names[i],
                i + 1
            ))),
        }
    }
}

fn wrong_count(function: &str, min: usize, max: usize, given: usize) -> HostError {
    let plural = |n: usize| if n == 1 { "" } else { "s" };
    HostError::type_error(match (min, max) {
        (0, 0) => format!("{function}() takes no arguments ({given} given)"),
        (1, 1) => format!("{function}() takes exactly one argument ({given} given)"),
        _ if min == max => {
            format!("{function} expected {min} argument{}, got {given}", plural(min))
        }
        _ if given < min => {
            format!("{function} expected at least {min} argument{}, got {given}", plural(min))
        }
        _ => format!("{function} expected at most {max} argument{}, got {given}", plural(max)),
    })
}
