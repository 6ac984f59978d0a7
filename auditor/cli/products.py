"""`audit products` and `audit explain product`: what can be recognised, and by which evidence."""

from collections.abc import Iterator
from pathlib import Path

import click

from auditor import DEFAULT_PROFILE, products, profile, site
from auditor.cli.options import FILE, format_option, language_option, put_json
from auditor.cli.page import echo
from auditor.errors import BadInput, Problem
from auditor.language import _
from auditor.model.products import Product, ProductCatalogue, Role, Signal


@click.command(
    "products",
    help=_("List the products that can be recognised on a machine."),
    epilog=_("Example: audit products --category anti_malware"),
)
@click.option(
    "--category",
    type=click.Choice([role.value for role in Role]),
    help=_("only products that are counted as this"),
)
@click.option("--site", "site_file", type=FILE, help=_("a site file with products of its own"))
@format_option("text", "json")
@language_option
def command(category: str | None, site_file: Path | None, form: str) -> None:
    """List the products that can be recognised on a machine."""
    catalogue = catalogue_with(site_file)
    chosen = [item for item in catalogue.products if category is None or category in item.roles]
    if form == "json":
        put_json([_as_json(catalogue, item) for item in chosen])
        return
    for item in chosen:
        deciding = sum(catalogue.tier(signal.ev).decides for signal in item.signals)
        roles, systems = ", ".join(item.roles), "/".join(item.os)
        echo(f"{item.id}  {item.name}  [{roles}; {systems}]")
        echo(
            "    "
            + _(
                "signals: {count}; may decide: {deciding}",
                count=len(item.signals),
                deciding=deciding,
            )
        )


def catalogue_with(site_file: Path | None) -> ProductCatalogue:
    """Return the catalogue, with a site's own products if one is named. Raises `BadInput`."""
    if site_file is None:
        return products.load()
    centre = site.load(site_file, profile.load(DEFAULT_PROFILE).profile)
    return products.of_site(centre.site.products)


def explain_product(product_id: str, form: str) -> None:
    """Print everything that is known about one product. Raises `BadInput` for an unknown id."""
    catalogue = products.load()
    product = products.find(catalogue, product_id)
    if product is None:
        remedy = _("See `audit products` for the names.")
        raise BadInput(Problem(product_id, _("no such product"), remedy))
    if form == "json":
        put_json(_as_json(catalogue, product))
        return
    for line in _lines(catalogue, product):
        echo(line)


def _lines(catalogue: ProductCatalogue, product: Product) -> Iterator[str]:
    yield f"{product.id}  {product.name} ({product.vendor})"
    yield _("Counted as: {roles}", roles=", ".join(product.roles))
    sections: tuple[tuple[str, Iterator[str]], ...] = (
        (_("Signals"), (_signal(catalogue, signal) for signal in product.signals)),
        (
            _("How it tells about itself"),
            (f"{s.key or s.how or ', '.join(s.newest)} [{s.ev}]" for s in product.status),
        ),
        (_("Traps"), iter(product.traps)),
    )
    for title, items in sections:
        for number, item in enumerate(items):
            if number == 0:
                yield ""
                yield f"{title}:"
            yield f"  - {item}"


def _signal(catalogue: ProductCatalogue, signal: Signal) -> str:
    tier = catalogue.tier(signal.ev)
    weight = _("may decide") if tier.decides else _("only raises a question")
    systems = f" ({'/'.join(signal.os)})" if signal.os else ""
    return f"{signal.kind} {signal.name}{systems} [{signal.ev}, {tier}: {weight}]"


def _as_json(catalogue: ProductCatalogue, product: Product) -> dict[str, object]:
    return {
        "id": product.id,
        "name": product.name,
        "vendor": product.vendor,
        "roles": [role.value for role in product.roles],
        "os": list(product.os),
        "confidence": product.confidence,
        "traps": list(product.traps),
        "signals": [
            {
                "kind": signal.kind.value,
                "name": signal.name,
                "os": list(signal.os),
                "evidence": signal.ev,
                "tier": catalogue.tier(signal.ev).value,
                "decides": catalogue.tier(signal.ev).decides,
            }
            for signal in product.signals
        ],
        "status": [
            {"key": item.key, "how": item.how, "evidence": item.ev, "needs_root": item.needs_root}
            for item in product.status
        ],
    }
