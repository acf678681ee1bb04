//! Tokens: what the lexer hands to the parser.
//!
//! A token is a kind and a span, 12 bytes, with no text of its own; the parser reads the text of
//! names and literals from the source when it needs it.

use tirade_ir::span::Span;

/// One token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands. `Indent`, `Dedent` and `EndOfFile` are empty.
    pub span: Span,
}

const _: () = assert!(size_of::<Token>() == 12);

macro_rules! tokens {
    (
        classes { $($class:ident $described:literal,)* }
        operators { $($op:ident $op_text:literal,)* }
        keywords { $($keyword:ident $keyword_text:literal $keyword_bytes:literal,)* }
    ) => {
        /// The kinds of tokens.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum TokenKind {
            $(#[doc = $described] $class,)*
            $(#[doc = concat!("`", $op_text, "`")] $op,)*
            $(#[doc = concat!("`", $keyword_text, "`")] $keyword,)*
        }

        impl TokenKind {
            /// What a token of this kind is, for messages.
            pub fn describe(self) -> &'static str {
                match self {
                    $(TokenKind::$class => $described,)*
                    $(TokenKind::$op => concat!("`", $op_text, "`"),)*
                    $(TokenKind::$keyword => concat!("`", $keyword_text, "`"),)*
                }
            }

            /// True for reserved words.
            pub fn is_keyword(self) -> bool {
                matches!(self, $(TokenKind::$keyword)|*)
            }
        }

        /// The keyword that is spelt `word`, or [`TokenKind::Name`].
        pub fn classify_word(word: &[u8]) -> TokenKind {
            match word {
                $($keyword_bytes => TokenKind::$keyword,)*
                _ => TokenKind::Name,
            }
        }

        /// Every kind.
        #[cfg(test)]
        const TOKEN_KINDS: &[TokenKind] = &[
            $(TokenKind::$class,)* $(TokenKind::$op,)* $(TokenKind::$keyword,)*
        ];

        /// Operators and keywords as they are written.
        pub const SPELLINGS: &[&str] = &[$($op_text,)* $($keyword_text,)*];
    };
}

tokens! {
    classes {
        EndOfFile "end of file",
        Newline "end of line",
        Indent "an indentation",
        Dedent "the end of an indented block",
        Error "an invalid token",
        Name "a name",
        Int "an integer",
        Float "a float",
        String "a string",
        FStringStart "an f-string",
        FStringText "text of an f-string",
        FStringEnd "the end of an f-string",
    }
    operators {
        LeftParen "(",
        RightParen ")",
        LeftBracket "[",
        RightBracket "]",
        LeftBrace "{",
        RightBrace "}",
        Comma ",",
        Colon ":",
        ColonEq ":=",
        Semicolon ";",
        Dot ".",
        Ellipsis "...",
        Arrow "->",
        At "@",
        AtEq "@=",
        Plus "+",
        PlusEq "+=",
        Minus "-",
        MinusEq "-=",
        Star "*",
        StarEq "*=",
        DoubleStar "**",
        DoubleStarEq "**=",
        Slash "/",
        SlashEq "/=",
        DoubleSlash "//",
        DoubleSlashEq "//=",
        Percent "%",
        PercentEq "%=",
        Ampersand "&",
        AmpersandEq "&=",
        Pipe "|",
        PipeEq "|=",
        Caret "^",
        CaretEq "^=",
        Tilde "~",
        LeftShift "<<",
        LeftShiftEq "<<=",
        RightShift ">>",
        RightShiftEq ">>=",
        Eq "=",
        EqEq "==",
        NotEq "!=",
        Less "<",
        LessEq "<=",
        Greater ">",
        GreaterEq ">=",
        Bang "!",
    }
    keywords {
        FalseKeyword "False" b"False",
        NoneKeyword "None" b"None",
        TrueKeyword "True" b"True",
        And "and" b"and",
        As "as" b"as",
        Assert "assert" b"assert",
        Async "async" b"async",
        Await "await" b"await",
        Break "break" b"break",
        Class "class" b"class",
        Continue "continue" b"continue",
        Def "def" b"def",
        Del "del" b"del",
        Elif "elif" b"elif",
        Else "else" b"else",
        Except "except" b"except",
        Finally "finally" b"finally",
        For "for" b"for",
        From "from" b"from",
        Global "global" b"global",
        If "if" b"if",
        Import "import" b"import",
        In "in" b"in",
        Is "is" b"is",
        Lambda "lambda" b"lambda",
        Nonlocal "nonlocal" b"nonlocal",
        Not "not" b"not",
        Or "or" b"or",
        Pass "pass" b"pass",
        Raise "raise" b"raise",
        Return "return" b"return",
        Try "try" b"try",
        While "while" b"while",
        With "with" b"with",
        Yield "yield" b"yield",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_spelt_as_described() {
        for kind in TOKEN_KINDS.iter().filter(|k| k.is_keyword()) {
            let word = kind.describe().trim_matches('`');
            assert_eq!(classify_word(word.as_bytes()), *kind);
        }
        assert_eq!(classify_word(b"match"), TokenKind::Name);
    }
}
