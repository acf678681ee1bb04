//! Rules beyond the grammar, with the sentences for programs that break them.

use super::Rejection;
use tirade_ir::diag::Code;

macro_rules! rules {
    ($($name:ident $code:ident: $message:literal, $help:literal;)*) => {
        $(pub(crate) static $name: Rejection = Rejection {
            code: Code::$code,
            message: $message,
            help: $help,
        };)*
    };
}

// An empty hint is none.
rules! {
    // Statements.
    ASYNC UNSUPPORTED_SYNTAX:
        "`async` is not supported",
        "";
    TYPE_PARAMETERS UNSUPPORTED_SYNTAX:
        "type parameters are not supported",
        "";
    EXCEPT_STAR UNSUPPORTED_SYNTAX:
        "`except*` is not supported",
        "write `except`";
    EXCEPT_COMMA UNEXPECTED_TOKEN:
        "several exception types need parentheses",
        "write `except (A, B):`";
    TRAILING_COMMA UNEXPECTED_TOKEN:
        "a trailing comma needs parentheses around the imported names",
        "remove the comma";

    // Expressions.
    AWAIT UNSUPPORTED_SYNTAX:
        "`await` is not supported",
        "";
    YIELD UNSUPPORTED_SYNTAX:
        "`yield` is not supported",
        "build a list and return it";
    ASYNC_FOR UNSUPPORTED_SYNTAX:
        "`async` comprehensions are not supported",
        "";
    LONE_STAR MISPLACED_EXPRESSION:
        "a starred expression cannot stand alone",
        "add a comma to make a tuple of it";
    STARRED_PAREN MISPLACED_EXPRESSION:
        "a starred expression cannot stand in parentheses",
        "add a comma to make a tuple of it";
    STARRED_ELEMENT MISPLACED_EXPRESSION:
        "a comprehension cannot unpack its element",
        "write one more `for` clause";

    // Arguments.
    POSITIONAL_AFTER_KEYWORD ARGUMENT_ORDER:
        "positional argument after a keyword argument",
        "move it before the keyword arguments";
    STAR_AFTER_DOUBLE_STAR ARGUMENT_ORDER:
        "`*` argument after a `**` argument",
        "move it before the `**` argument";
    BARE_GENERATOR MISPLACED_EXPRESSION:
        "a generator among other arguments needs parentheses",
        "";

    // Parameters.
    DUPLICATE PARAMETER_LIST:
        "parameter name given twice",
        "rename one of them";
    MISSING_DEFAULT PARAMETER_LIST:
        "parameter without a default after one with a default",
        "give it a default, or move it forward";
    VARIADIC_DEFAULT PARAMETER_LIST:
        "a variadic parameter cannot have a default",
        "";
    SECOND_STAR PARAMETER_LIST:
        "a parameter list has at most one `*`",
        "";
    AFTER_KWARGS PARAMETER_LIST:
        "nothing can follow the `**` parameter",
        "move the `**` parameter to the end";
    LEADING_SLASH PARAMETER_LIST:
        "no parameter stands before `/`",
        "";
    SECOND_SLASH PARAMETER_LIST:
        "a parameter list has at most one `/`",
        "";
    SLASH_AFTER_STAR PARAMETER_LIST:
        "`/` must stand before `*`",
        "";
    BARE_STAR PARAMETER_LIST:
        "no named parameter follows `*`",
        "";

    // Literals.
    TOO_LONG INVALID_NUMBER:
        "integer literal has more than 4300 digits",
        "write long integers in hexadecimal";
    MIXED MIXED_STRINGS:
        "cannot join a bytes literal and a string",
        "add or remove the prefix `b`";
    NOT_ASCII INVALID_ESCAPE:
        "a bytes literal holds only ASCII characters",
        "write `\\x..` for other bytes";
    BAD_HEX INVALID_ESCAPE:
        "truncated escape: hexadecimal digits are missing",
        "write `\\xhh`, `\\uhhhh` or `\\Uhhhhhhhh`";
    NO_CHARACTER INVALID_ESCAPE:
        "escape of a code point that is no character",
        "";
    NAMED INVALID_ESCAPE:
        "named characters are not supported in strings",
        "write `\\uhhhh` with the character's number";
    BIG_OCTAL INVALID_ESCAPE:
        "octal escape above `\\377` in a bytes literal",
        "";
    CONVERSION UNEXPECTED_TOKEN:
        "the conversion of an f-string field is `!r`, `!s` or `!a`",
        "";
}
