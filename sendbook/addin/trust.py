"""Whether Excel on Windows will run the add-in's macros: what the registry says of the user's choice and of the school's policies.

Sources: Microsoft's administrative templates for Office 2016 and later (excel16.admx, office16.admx), whose keys hold the policies.
"""

from sendbook.addin.places import Places, System

POLICIES = (r"HKCU\Software\Policies\Microsoft\Office\16.0", r"HKCU\Software\Policies\Microsoft\Cloud\Office\16.0")
MACHINE = r"HKLM\Software\Policies\Microsoft\Office\16.0"
USER = r"HKCU\Software\Microsoft\Office\16.0"
TRUSTED = r"\Excel\Security\Trusted Locations"
LOCATIONS = 40  # of the numbered keys that are looked at; Office itself makes some five
BLOCKED_BY_IT = "Ask whoever looks after this computer to allow the add-in Sendbook.xlam."

# What stops every unsigned add-in, whatever else is set: key, name, and in words.
BLOCKS = (
    (r"\Common", "VBAOff", "macros are switched off for all of Office"),
    (r"\Common\Security", "RequireAlwaysOnMacroSig", "only signed add-ins may be loaded when Excel starts"),
    (r"\Excel\Security", "DisableAllAddins", "add-ins are switched off in Excel"),
    (r"\Excel\Security", "RequireAddinSig", "only signed add-ins are allowed in Excel"),
)


def blocked(system: System) -> str | None:
    """What forbids the add-in altogether, in words, or None."""
    for key, name, words in BLOCKS:
        if _set(system, key, name) == 1:
            return words
    return None


def trusted(system: System, places: Places) -> bool | None:
    """Whether Excel trusts its start-up folder, as it does by itself: None where the registry does not list it."""
    if _set(system, TRUSTED, "AllLocationsDisabled") == 1:
        return False
    if str(places.start_up).startswith("\\\\") and _set(system, TRUSTED, "AllowNetworkLocations") != 1:
        return False
    keys = [f"{root}{TRUSTED}\\Location{n}" for root in (USER, *POLICIES) for n in range(LOCATIONS)]
    paths = (system.registry(key, "Path") for key in keys)
    return True if any(_leads_to(system, str(path), places) for path in paths if path) else None


def macro_setting(system: System) -> int:
    """Excel's setting for macros elsewhere: 1 all run, 2 it asks (the usual one), 3 only signed ones, 4 none."""
    return _set(system, r"\Excel\Security", "VBAWarnings") or 2


def _leads_to(system: System, path: str, places: Places) -> bool:
    for name in ("APPDATA", "USERPROFILE"):
        at = path.lower().find(f"%{name.lower()}%")
        if at >= 0:
            path = path[:at] + system.env.get(name, "") + path[at + len(name) + 2 :]
    return system.same(path, str(places.start_up))


def _set(system: System, key: str, name: str) -> int | None:
    """A setting as it counts: a policy before the user's own choice."""
    for root in (*POLICIES, MACHINE, USER):
        if isinstance(value := system.registry(root + key, name), int):
            return value
    return None
