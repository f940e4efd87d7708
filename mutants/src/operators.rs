//! What can stand in for a piece of code: the tables behind [`crate::sites`].

use syn::{BinOp, GenericArgument, Lit, PathArguments, ReturnType, Type};

/// The operator that stands in for another; none for those that have no likely mix-up.
pub(crate) fn binary(op: &BinOp) -> Option<&'static str> {
    Some(match op {
        BinOp::Lt(_) => "<=",
        BinOp::Le(_) => "<",
        BinOp::Gt(_) => ">=",
        BinOp::Ge(_) => ">",
        BinOp::Eq(_) => "!=",
        BinOp::Ne(_) => "==",
        BinOp::And(_) => "||",
        BinOp::Or(_) => "&&",
        BinOp::Add(_) => "-",
        BinOp::Sub(_) | BinOp::Mul(_) => "+",
        BinOp::Div(_) | BinOp::Rem(_) => "*",
        BinOp::BitAnd(_) | BinOp::BitXor(_) => "|",
        BinOp::BitOr(_) => "&",
        BinOp::Shl(_) => ">>",
        BinOp::Shr(_) => "<<",
        BinOp::AddAssign(_) => "-=",
        BinOp::SubAssign(_) | BinOp::MulAssign(_) => "+=",
        BinOp::DivAssign(_) | BinOp::RemAssign(_) => "*=",
        BinOp::BitAndAssign(_) | BinOp::BitXorAssign(_) => "|=",
        BinOp::BitOrAssign(_) => "&=",
        BinOp::ShlAssign(_) => ">>=",
        BinOp::ShrAssign(_) => "<<=",
        _ => return None,
    })
}

/// The method of the opposite meaning and the same type.
pub(crate) fn method(name: &str) -> Option<&'static str> {
    Some(match name {
        "is_some" => "is_none",
        "is_none" => "is_some",
        "is_ok" => "is_err",
        "is_err" => "is_ok",
        "any" => "all",
        "all" => "any",
        "min" => "max",
        "max" => "min",
        "starts_with" => "ends_with",
        "ends_with" => "starts_with",
        "saturating_sub" => "saturating_add",
        "saturating_add" => "saturating_sub",
        "checked_sub" => "checked_add",
        "checked_add" => "checked_sub",
        "trim_ascii_start" => "trim_ascii_end",
        "trim_ascii_end" => "trim_ascii_start",
        _ => return None,
    })
}

/// Another literal of the same type: the next number, a longer text, bytes with another end.
pub(crate) fn literal(lit: &Lit) -> Option<String> {
    match lit {
        Lit::Int(int) => {
            let next = int.base10_parse::<u128>().ok()?.checked_add(1)?;
            Some(format!("{next}{}", int.suffix()))
        }
        Lit::Bool(bool) => Some((!bool.value).to_string()),
        // Text with a space is for people; the servers' words and names have none.
        Lit::Str(text) if !text.value().contains(' ') => Some(format!("{:?}", text.value() + "X")),
        Lit::ByteStr(bytes) => {
            let mut bytes = bytes.value();
            let last = bytes.last_mut()?;
            *last = if *last == b'X' { b'Y' } else { b'X' };
            Some(format!("b\"{}\"", bytes.escape_ascii()))
        }
        _ => None,
    }
}

/// What a function of this type may answer without doing anything.
pub(crate) fn answers(output: &ReturnType) -> Vec<String> {
    match output {
        ReturnType::Default => vec![String::new()],
        ReturnType::Type(_, of) => values(of),
    }
}

fn values(of: &Type) -> Vec<String> {
    let of_names = |names: &[&str]| names.iter().map(|&name| String::from(name)).collect();
    match of {
        Type::Tuple(tuple) if tuple.elems.is_empty() => of_names(&["()"]),
        Type::Reference(reference) if reference.mutability.is_none() => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => of_names(&["\"\""]),
            Type::Slice(_) => of_names(&["&[]"]),
            _ => Vec::new(),
        },
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return Vec::new() };
            match last.ident.to_string().as_str() {
                "bool" => of_names(&["true", "false"]),
                "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => {
                    of_names(&["0", "1"])
                }
                "Option" => of_names(&["None"]),
                "Vec" => of_names(&["Vec::new()"]),
                "String" => of_names(&["String::new()"]),
                "Result" => match &last.arguments {
                    PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
                        Some(GenericArgument::Type(of)) => {
                            values(of).iter().map(|value| format!("Ok({value})")).collect()
                        }
                        _ => Vec::new(),
                    },
                    _ => of_names(&["Ok(())"]),
                },
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(text: &str) -> Option<String> {
        literal(&syn::parse_str(text).expect("a literal"))
    }

    #[test]
    fn literals() {
        assert_eq!(other("0"), Some("1".into()));
        assert_eq!(other("0x10_u8"), Some("17u8".into()));
        assert_eq!(other("true"), Some("false".into()));
        assert_eq!(other("\"Uniqueid\""), Some("\"UniqueidX\"".into()));
        assert_eq!(other("\"a text\""), None);
        assert_eq!(other("b\"\\r\\n\""), Some("b\"\\rX\"".into()));
        assert_eq!(other("b\"X\""), Some("b\"Y\"".into()));
        assert_eq!(other("b\"\""), None);
        assert_eq!(other("1.5"), None);
    }

    #[test]
    fn answers_by_type() {
        let of = |text: &str| answers(&syn::parse_str::<syn::Signature>(text).expect("a signature").output);
        assert_eq!(of("fn f()"), [""]);
        assert_eq!(of("fn f() -> bool"), ["true", "false"]);
        assert_eq!(of("fn f() -> usize"), ["0", "1"]);
        assert_eq!(of("fn f() -> Option<&str>"), ["None"]);
        assert_eq!(of("fn f() -> Result<bool, E>"), ["Ok(true)", "Ok(false)"]);
        assert_eq!(of("fn f() -> fmt::Result"), ["Ok(())"]);
        assert_eq!(of("fn f() -> &[u8]"), ["&[]"]);
        assert_eq!(of("fn f() -> &mut [u8]"), [""; 0]);
        assert_eq!(of("fn f() -> Self"), [""; 0]);
    }
}
