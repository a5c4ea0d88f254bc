# Every chore of the project. `just` lists them; each line also works typed by hand, on Windows too.

# Show the chores
default:
    just --list

# Run every test
test:
    uv run pytest

# Lint, format check, types, rules of import
lint:
    uv run ruff check
    uv run ruff format --check
    uv run mypy
    uv run lint-imports

# Put the code in form
format:
    uv run ruff check --fix
    uv run ruff format

# Make the reference pages, the two workbooks and the pictures from the code
docs:
    uv run docs/generate.py
    uv run workbook_templates/make.py
    uv run python -m docs.pictures
    uv run python -m docs.screens

# Pin newer versions, with hashes
upgrade:
    uv run .ci/pin.py --upgrade

# What the live checks need from npm (Microsoft's validator)
validator:
    npm install --no-package-lock

# Measure against a plain baseline; takes some minutes
bench:
    uv run benchmarks/run.py

# All that CI does
ci:
    bash .ci/run
