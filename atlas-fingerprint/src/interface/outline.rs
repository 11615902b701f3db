//! The items of a file and where they and their bodies end. Knows the parser; knows no rule of what
//! counts.
//!
//! Of the tree, only offsets, names and a few facts of signatures are kept: what is between two ends
//! belongs to the later item, so that no token is lost.

use std::ops::Range;

use proc_macro2::{Span, TokenStream};

use super::changes::ItemKind;
use crate::tokens::lexer::shebang_len;

/// An item. Offsets are in the text that was parsed.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: ItemKind,
    pub(super) name: Option<String>,
    /// Offset after its last byte.
    pub(super) end: usize,
    pub(super) visibility: Visibility,
    pub(super) shape: Shape,
}

/// Who may name an item.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Visibility {
    /// Other crates, as far as the item itself says.
    Public,
    /// This crate or a part of it.
    Restricted,
    /// The module that it is in.
    Private,
}

/// What is inside an item.
#[derive(Debug)]
pub(super) enum Shape {
    /// Nothing that counts apart.
    Leaf(Vec<Part>),
    /// A function.
    Fn(Function),
    /// Items in braces.
    Group(Group),
}

/// A field or variant.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: String,
    /// Offset after its last byte, without a comma.
    pub(super) end: usize,
    /// Whether it is a variant with a value.
    pub(super) has_value: bool,
}

/// What a signature says of a body.
#[derive(Debug)]
pub(super) struct Function {
    /// The body with its braces.
    pub(super) body: Option<Range<usize>>,
    /// Whether it has parameters that are types or constants.
    pub(super) is_generic: bool,
    /// Whether it is `const`, or a body that may be replaced (`default fn`).
    pub(super) is_constant: bool,
    pub(super) is_async: bool,
    /// Offset after the parameters.
    pub(super) parameters_end: usize,
}

/// Items in braces.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) open: usize,
    pub(super) items: Vec<Node>,
    /// Whether an `impl` has parameters that are types or constants.
    pub(super) is_generic: bool,
}

/// Parses a text; `None` if it is no Rust.
pub(super) fn outline(text: &str) -> Option<Vec<Node>> {
    let start = shebang_len(text);
    let nodes = syn::parse_str::<syn::File>(text.get(start..)?).ok().map(|file| {
        let reader = Reader { start };
        file.items.iter().map(|item| reader.item(item)).collect()
    });
    // The parser keeps every text that it has seen for its spans.
    proc_macro2::extra::invalidate_current_thread_spans();
    nodes
}

struct Reader {
    /// Offset of the text that was parsed.
    start: usize,
}

impl Reader {
    fn range(&self, span: Span) -> Range<usize> {
        let range = span.byte_range();
        self.start + range.start..self.start + range.end
    }

    fn end(&self, span: Span) -> usize {
        self.range(span).end
    }

    fn item(&self, item: &syn::Item) -> Node {
        use ItemKind as Kind;
        match item {
            syn::Item::Fn(item) => {
                let body = item.block.brace_token.span;
                let body = self.range(body.open()).start..self.end(body.close());
                let end = body.end;
                let function = self.function(&item.sig, &item.modifiers, Some(body));
                let name = Some(item.sig.ident.to_string());
                let visibility = visibility(&item.vis);
                Node { kind: Kind::Fn, name, end, visibility, shape: Shape::Fn(function) }
            }
            syn::Item::Mod(item) => self.module(item),
            syn::Item::Impl(item) => self.implementation(item),
            syn::Item::Trait(item) => {
                let items = item.items.iter().map(|item| self.trait_item(item)).collect();
                let brace = item.brace_token.span;
                let open = self.range(brace.open()).start;
                let shape = Shape::Group(Group { open, items, is_generic: false });
                let (name, end) = (Some(item.ident.to_string()), self.end(brace.close()));
                Node { kind: Kind::Trait, name, end, visibility: visibility(&item.vis), shape }
            }
            syn::Item::Struct(item) => {
                let parts = self.fields(&item.fields);
                let end = match (&item.semi_token, &item.fields) {
                    (Some(semi), _) => self.end(semi.span),
                    (None, fields) => self.fields_end(fields),
                };
                leaf(Kind::Struct, Some(&item.ident), end, &item.vis, parts)
            }
            syn::Item::Union(item) => {
                let fields = syn_fields(&item.fields.named);
                let end = self.end(item.fields.brace_token.span.close());
                let parts = self.parts(fields, end);
                leaf(Kind::Union, Some(&item.ident), end, &item.vis, parts)
            }
            syn::Item::Enum(item) => {
                let end = self.end(item.brace_token.span.close());
                let parts = self.variants(&item.variants, end);
                leaf(Kind::Enum, Some(&item.ident), end, &item.vis, parts)
            }
            syn::Item::ForeignMod(item) => {
                let end = self.end(item.brace_token.span.close());
                bare(Kind::ForeignBlock, None, end)
            }
            syn::Item::Macro(item) => {
                let is_definition = item.ident.is_some();
                let kind = if is_definition { Kind::MacroDefinition } else { Kind::MacroCall };
                let end = self.macro_end(&item.mac, item.semi_token.as_ref());
                let name = item.ident.as_ref().map(ToString::to_string);
                bare(kind, name.or_else(|| last_segment(&item.mac.path)), end)
            }
            syn::Item::Verbatim(tokens) => bare(Kind::Other, None, self.last(tokens)),
            item => self.item_with_semicolon(item),
        }
    }

    fn item_with_semicolon(&self, item: &syn::Item) -> Node {
        use ItemKind as Kind;
        match item {
            syn::Item::Use(item) => self.plain(Kind::Use, None, item.semi_token.span, &item.vis),
            syn::Item::Const(item) => {
                self.plain(Kind::Const, Some(&item.ident), item.semi_token.span, &item.vis)
            }
            syn::Item::Static(item) => {
                self.plain(Kind::Static, Some(&item.ident), item.semi_token.span, &item.vis)
            }
            syn::Item::Type(item) => {
                self.plain(Kind::Type, Some(&item.ident), item.semi_token.span, &item.vis)
            }
            syn::Item::TraitAlias(item) => {
                self.plain(Kind::Trait, Some(&item.ident), item.semi_token.span, &item.vis)
            }
            syn::Item::ExternCrate(item) => {
                self.plain(Kind::ExternCrate, Some(&item.ident), item.semi_token.span, &item.vis)
            }
            // Nothing ends there: the file counts as a whole.
            _ => bare(Kind::Other, None, usize::MAX),
        }
    }

    fn module(&self, item: &syn::ItemMod) -> Node {
        let name = Some(item.ident.to_string());
        let visibility = visibility(&item.vis);
        let (end, shape) = match (&item.content, &item.semi) {
            (Some((brace, items)), _) => {
                let open = self.range(brace.span.open()).start;
                let items = items.iter().map(|item| self.item(item)).collect();
                let group = Group { open, items, is_generic: false };
                (self.end(brace.span.close()), Shape::Group(group))
            }
            (None, Some(semi)) => (self.end(semi.span), Shape::Leaf(Vec::new())),
            (None, None) => (usize::MAX, Shape::Leaf(Vec::new())),
        };
        Node { kind: ItemKind::Mod, name, end, visibility, shape }
    }

    fn implementation(&self, item: &syn::ItemImpl) -> Node {
        let is_inherent = item.trait_.is_none();
        let items =
            item.items.iter().map(|item| self.impl_item(item, is_inherent)).collect::<Vec<_>>();
        let brace = item.brace_token.span;
        let open = self.range(brace.open()).start;
        let is_generic = is_generic(&item.generics) || item.modifiers.defaultness.is_some();
        let type_name = type_name(&item.self_ty).unwrap_or_else(|| "_".to_owned());
        let name = match &item.trait_ {
            Some((path, _)) => {
                format!("<{type_name} as {}>", last_segment(path).unwrap_or_default())
            }
            None => type_name,
        };
        let end = self.end(brace.close());
        let shape = Shape::Group(Group { open, items, is_generic });
        let visibility = Visibility::Public;
        Node { kind: ItemKind::Impl, name: Some(name), end, visibility, shape }
    }

    fn impl_item(&self, item: &syn::ImplItem, is_inherent: bool) -> Node {
        use ItemKind as Kind;
        let visibility = |vis| if is_inherent { visibility(vis) } else { Visibility::Public };
        let node = match item {
            syn::ImplItem::Fn(item) => {
                let body = item.block.brace_token.span;
                let body = self.range(body.open()).start..self.end(body.close());
                let end = body.end;
                let function = self.function(&item.sig, &item.modifiers, Some(body));
                let name = Some(item.sig.ident.to_string());
                let visibility = visibility(&item.vis);
                return Node { kind: Kind::Fn, name, end, visibility, shape: Shape::Fn(function) };
            }
            syn::ImplItem::Const(item) => {
                self.plain(Kind::Const, Some(&item.ident), item.semi_token.span, &item.vis)
            }
            syn::ImplItem::Type(item) => {
                self.plain(Kind::Type, Some(&item.ident), item.semi_token.span, &item.vis)
            }
            syn::ImplItem::Macro(item) => {
                let end = self.macro_end(&item.mac, item.semi_token.as_ref());
                bare(Kind::MacroCall, last_segment(&item.mac.path), end)
            }
            syn::ImplItem::Verbatim(tokens) => bare(Kind::Other, None, self.last(tokens)),
            _ => bare(Kind::Other, None, usize::MAX),
        };
        Node { visibility: Visibility::Public, ..node }
    }

    fn trait_item(&self, item: &syn::TraitItem) -> Node {
        use ItemKind as Kind;
        let public =
            |kind, name: &syn::Ident, span| bare(kind, Some(name.to_string()), self.end(span));
        match item {
            syn::TraitItem::Fn(item) => {
                let body = item.default.as_ref().map(|block| {
                    let brace = block.brace_token.span;
                    self.range(brace.open()).start..self.end(brace.close())
                });
                let end = match (&body, &item.semi_token) {
                    (Some(body), _) => body.end,
                    (None, Some(semi)) => self.end(semi.span),
                    (None, None) => usize::MAX,
                };
                let shape = Shape::Fn(self.function(&item.sig, &item.modifiers, body));
                Node { shape, ..bare(Kind::Fn, Some(item.sig.ident.to_string()), end) }
            }
            syn::TraitItem::Const(item) => public(Kind::Const, &item.ident, item.semi_token.span),
            syn::TraitItem::Type(item) => public(Kind::Type, &item.ident, item.semi_token.span),
            syn::TraitItem::Macro(item) => {
                let end = self.macro_end(&item.mac, item.semi_token.as_ref());
                bare(Kind::MacroCall, last_segment(&item.mac.path), end)
            }
            syn::TraitItem::Verbatim(tokens) => bare(Kind::Other, None, self.last(tokens)),
            _ => bare(Kind::Other, None, usize::MAX),
        }
    }

    fn function(
        &self,
        signature: &syn::Signature,
        modifiers: &syn::FnModifiers,
        body: Option<Range<usize>>,
    ) -> Function {
        Function {
            body,
            is_generic: is_generic(&signature.generics),
            is_constant: signature.constness.is_some() || modifiers.defaultness.is_some(),
            is_async: signature.asyncness.is_some(),
            parameters_end: self.end(signature.paren_token.span.close()),
        }
    }

    fn plain(
        &self,
        kind: ItemKind,
        name: Option<&syn::Ident>,
        last: Span,
        vis: &syn::Visibility,
    ) -> Node {
        leaf(kind, name, self.end(last), vis, Vec::new())
    }

    fn fields(&self, fields: &syn::Fields) -> Vec<Part> {
        match fields {
            syn::Fields::Named(fields) => {
                let end = self.end(fields.brace_token.span.close());
                self.parts(syn_fields(&fields.named), end)
            }
            syn::Fields::Unnamed(fields) => {
                let end = self.end(fields.paren_token.span.close());
                self.parts(syn_fields(&fields.unnamed), end)
            }
            syn::Fields::Unit => Vec::new(),
        }
    }

    fn fields_end(&self, fields: &syn::Fields) -> usize {
        match fields {
            syn::Fields::Named(fields) => self.end(fields.brace_token.span.close()),
            syn::Fields::Unnamed(fields) => self.end(fields.paren_token.span.close()),
            syn::Fields::Unit => usize::MAX,
        }
    }

    /// Returns fields, each with its comma if it has one, in brackets that end at `close`.
    fn parts<'s>(
        &self,
        fields: impl Iterator<Item = (&'s syn::Field, Option<Span>)>,
        close: usize,
    ) -> Vec<Part> {
        let part = |(index, (field, comma)): (usize, (&syn::Field, Option<Span>))| Part {
            name: field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string),
            end: comma.map_or(close - 1, |comma| self.range(comma).start),
            has_value: false,
        };
        fields.enumerate().map(part).collect()
    }

    fn variants(
        &self,
        variants: &syn::punctuated::Punctuated<syn::Variant, syn::Token![,]>,
        close: usize,
    ) -> Vec<Part> {
        let part = |pair: syn::punctuated::Pair<&syn::Variant, &syn::Token![,]>| Part {
            name: pair.value().ident.to_string(),
            end: pair.punct().map_or(close - 1, |comma| self.range(comma.span).start),
            has_value: pair.value().discriminant.is_some(),
        };
        variants.pairs().map(part).collect()
    }

    fn macro_end(&self, call: &syn::Macro, semi: Option<&syn::Token![;]>) -> usize {
        let close = match &call.delimiter {
            syn::MacroDelimiter::Paren(paren) => paren.span.close(),
            syn::MacroDelimiter::Brace(brace) => brace.span.close(),
            syn::MacroDelimiter::Bracket(bracket) => bracket.span.close(),
        };
        semi.map_or_else(|| self.end(close), |semi| self.end(semi.span))
    }

    fn last(&self, tokens: &TokenStream) -> usize {
        let last = tokens.clone().into_iter().last();
        last.map_or(usize::MAX, |token| self.end(token.span()))
    }
}

fn syn_fields(
    fields: &syn::punctuated::Punctuated<syn::Field, syn::Token![,]>,
) -> impl Iterator<Item = (&syn::Field, Option<Span>)> {
    fields.pairs().map(|pair| {
        let comma = pair.punct().map(|comma| comma.span);
        (pair.into_value(), comma)
    })
}

fn leaf(
    kind: ItemKind,
    name: Option<&syn::Ident>,
    end: usize,
    vis: &syn::Visibility,
    parts: Vec<Part>,
) -> Node {
    let name = name.map(ToString::to_string);
    Node { kind, name, end, visibility: visibility(vis), shape: Shape::Leaf(parts) }
}

fn bare(kind: ItemKind, name: Option<String>, end: usize) -> Node {
    let shape = Shape::Leaf(Vec::new());
    Node { kind, name, end, visibility: Visibility::Public, shape }
}

fn visibility(vis: &syn::Visibility) -> Visibility {
    match vis {
        syn::Visibility::Public(_) => Visibility::Public,
        syn::Visibility::Restricted(_) => Visibility::Restricted,
        syn::Visibility::Inherited => Visibility::Private,
        // What is not known is not private.
        #[expect(unreachable_patterns, reason = "there may be others in a later version")]
        _ => Visibility::Public,
    }
}

fn is_generic(generics: &syn::Generics) -> bool {
    generics.params.iter().any(|parameter| !matches!(parameter, syn::GenericParam::Lifetime(_)))
}

fn last_segment(path: &syn::Path) -> Option<String> {
    path.segments.last().map(|segment| segment.ident.to_string())
}

fn type_name(ty: &syn::Type) -> Option<String> {
    match ty {
        syn::Type::Path(path) => last_segment(&path.path),
        syn::Type::Reference(reference) => Some(format!("&{}", type_name(&reference.elem)?)),
        syn::Type::Slice(slice) => Some(format!("[{}]", type_name(&slice.elem)?)),
        syn::Type::Paren(inner) => type_name(&inner.elem),
        syn::Type::Group(inner) => type_name(&inner.elem),
        _ => None,
    }
}
