"""Laws, the normal form and the simplifier. Importing this package registers every constructor and every law."""

from closedform.rewrite.laws import entrywise, kronecker, matrices, vectors
from closedform.rewrite.normal import abstract, indexsums, powers, products, sums, transposes
from closedform.rewrite.normal import matrices as _matrices
from closedform.rewrite.normal.engine import keep_sums
from closedform.rewrite.normal.normal import normal

__all__ = [
    "_matrices", "abstract", "entrywise", "indexsums", "keep_sums", "kronecker", "matrices", "normal", "powers",
    "products", "sums", "transposes", "vectors",
]  # fmt: skip
