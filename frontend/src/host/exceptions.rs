//! The built-in exception classes.

use tirade_ir::diag::Code;

macro_rules! exceptions {
    ($($name:ident $parent:ident $code:ident,)*) => {
        /// A built-in exception class.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ExcKind {
            /// The root of all exceptions.
            BaseException,
            $(#[doc = concat!("`", stringify!($name), "`, a kind of `", stringify!($parent), "`.")] $name,)*
        }

        impl ExcKind {
            /// Every class; parents come before their children.
            pub const ALL: &[ExcKind] = &[ExcKind::BaseException, $(ExcKind::$name,)*];

            /// The class's name.
            pub fn name(self) -> &'static str {
                match self {
                    ExcKind::BaseException => "BaseException",
                    $(ExcKind::$name => stringify!($name),)*
                }
            }

            /// The class it is derived from.
            pub fn parent(self) -> Option<ExcKind> {
                match self {
                    ExcKind::BaseException => None,
                    $(ExcKind::$name => Some(ExcKind::$parent),)*
                }
            }

            /// The code under which an uncaught exception of this class is reported.
            pub fn code(self) -> Code {
                match self {
                    ExcKind::BaseException => Code::HOST_EXCEPTION,
                    $(ExcKind::$name => Code::$code,)*
                }
            }
        }
    };
}

exceptions! {
    Exception BaseException HOST_EXCEPTION,
    ArithmeticError Exception HOST_ARITHMETIC,
    ZeroDivisionError ArithmeticError HOST_ARITHMETIC,
    OverflowError ArithmeticError HOST_ARITHMETIC,
    AssertionError Exception HOST_ASSERTION,
    AttributeError Exception HOST_ATTRIBUTE,
    FrozenInstanceError AttributeError HOST_ATTRIBUTE,
    EOFError Exception HOST_EXCEPTION,
    ImportError Exception HOST_IMPORT,
    ModuleNotFoundError ImportError HOST_IMPORT,
    LookupError Exception HOST_LOOKUP,
    IndexError LookupError HOST_LOOKUP,
    KeyError LookupError HOST_LOOKUP,
    MemoryError Exception HOST_MEMORY,
    NameError Exception HOST_NAME,
    UnboundLocalError NameError HOST_NAME,
    OSError Exception HOST_EXCEPTION,
    RuntimeError Exception HOST_EXCEPTION,
    NotImplementedError RuntimeError HOST_EXCEPTION,
    RecursionError RuntimeError HOST_DEPTH,
    StopIteration Exception HOST_EXCEPTION,
    SyntaxError Exception HOST_EXCEPTION,
    SystemExit BaseException HOST_EXCEPTION,
    KeyboardInterrupt BaseException HOST_EXCEPTION,
    TypeError Exception HOST_TYPE,
    ValueError Exception HOST_VALUE,
    UnicodeError ValueError HOST_VALUE,
    UnicodeDecodeError UnicodeError HOST_VALUE,
    UnicodeEncodeError UnicodeError HOST_VALUE,
    Warning Exception HOST_EXCEPTION,
    UserWarning Warning HOST_EXCEPTION,
    DeprecationWarning Warning HOST_EXCEPTION,
    TVMError RuntimeError HOST_EXCEPTION,
    DiagnosticError TVMError HOST_EXCEPTION,
    ScheduleError TVMError HOST_EXCEPTION,
}

impl ExcKind {
    /// The class under which a script catches a diagnostic of the dialects.
    pub fn of_code(code: Code) -> ExcKind {
        match code.0 {
            800..900 => ExcKind::ScheduleError,
            _ => ExcKind::DiagnosticError,
        }
    }

    /// The message of a diagnostic about an uncaught exception of this class.
    pub fn describe(self, message: &str) -> String {
        match message {
            "" => format!("`{}` was raised", self.name()),
            _ => format!("{}: {message}", self.name()),
        }
    }

    /// True if this class is `other` or derived from it.
    pub fn is_a(self, other: ExcKind) -> bool {
        self == other || self.parent().is_some_and(|parent| parent.is_a(other))
    }
}
