"""Putting things into the database: the seed, the first administrator, a token."""

from pathlib import Path
from typing import Annotated

import typer

from booking.access.actor import HOUSE
from booking.accounts.actions.create_user import Newcomer
from booking.accounts.actions.create_user import create_admin as create_admin_account
from booking.accounts.actions.make_token import TokenWish, make_token
from booking.accounts.actions.second_factor import remove_of_colleague
from booking.accounts.providers.local import passwords
from booking.accounts.queries.people import user_by_email
from booking.accounts.rules import folded_email
from booking.commands.setting import CLOCK, database, deed, stop
from booking.seeding.files import SeedFiles
from booking.seeding.loading import load
from booking.settings import Settings


def seed(
    directory: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    demo_people: Annotated[bool, typer.Option("--demo-people")] = False,
) -> None:
    """Enter the data of a directory; twice changes nothing. 录入种子数据，可重复执行。"""
    settings = Settings()
    hashing = passwords(settings.password_cost) if demo_people else None
    with database(settings) as engine, deed(engine) as uow:
        files = SeedFiles(directory)
        register = load(uow, files, now=CLOCK.now(), demo_people=hashing)
    typer.echo(f"{register.written} entered")


def create_admin(
    email: str,
    name: Annotated[str, typer.Option(help="as others read it 显示姓名")] = "中心管理员",
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)
    ] = "",
) -> None:
    """Open a new centre: the account of its administrator. 创建中心管理员。"""
    settings = Settings()
    newcomer = Newcomer(email=email, name=name, password=password)
    hashing = passwords(settings.password_cost)
    with database(settings) as engine, deed(engine) as uow:
        create_admin_account(uow, newcomer, passwords=hashing, now=CLOCK.now())
    typer.echo(email)


def remove_second_factor(
    email: str,
    reason: Annotated[str, typer.Option(help="for the audit trail 原因")] = "at the machine",
) -> None:
    """For whoever has lost telephone and paper when nobody else can help. 移除某人的两步验证。"""
    with database() as engine, deed(engine) as uow:
        user = user_by_email(uow.session, folded_email(email))
        if user is None:
            stop(f"nobody here has the address {email}")
            return
        remove_of_colleague(uow, user.key, reason, actor=HOUSE, now=CLOCK.now())
    typer.echo(email)


def token(
    email: str,
    scope: Annotated[list[str] | None, typer.Option(help="room:verb, repeatable")] = None,
    name: Annotated[str, typer.Option(help="what it is for 用途")] = "command line",
) -> None:
    """Print an API token for a person; it is shown once. 为某人生成接口令牌，只显示一次。"""
    with database() as engine, deed(engine) as uow:
        user = user_by_email(uow.session, folded_email(email))
        if user is None:
            stop(f"nobody here has the address {email}")
            return
        wish = TokenWish(name=name, scopes=scope or None)
        made = make_token(uow, user.key, wish, actor_id=None, now=CLOCK.now())
    typer.echo(made.token)
