"""What a run comes to, as one HTML page that fetches nothing.

`page(contents)` gives its text. Everything on it is escaped where it is put together: only
`markup.element` makes markup.
"""

from modelspec.report.contents import Contents, Output
from modelspec.report.page import page

__all__ = ["Contents", "Output", "page"]
