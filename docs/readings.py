"""How exercises that do not say enough, or say something else than they mean, were read."""

READINGS = {
    "notes exercise 16": r"""
**How it is read.** As it stands the exercise is not well posed: with a vector for each of the two classes the
loss does not change when the same vector is added to both, so that it determines their difference alone, and
"the derivative" has no one variable. It is solved in each sense: as written, by each of the class vectors (here
$u$ and $v$; $y_i = 1$ is the second class, that of $v$), whose two gradients are opposite, which is what the
freedom to add a vector means; by $\theta = v - u$, where the softmax of two classes becomes a sigmoid; and with
the class vectors as columns of one matrix, for any number of classes.
""".strip(),
    "notes exercise 23": r"""
**How it is read.** The loss of this exercise is given by a picture alone, which is not part of the text. A
layer $Wx + b$ with a target suggests two losses, and both are solved: least squares against a target $y$, and
the cross-entropy of the softmax. The latter in three forms: with the number $k$ of the right class; with a
one-hot target $y$, where $\mathbf 1^\top y = 1$ is used in writing the function; and with a target of any sum,
where that sum stays in the answer.
""".strip(),
    "notes exercise 28": r"""
**How it is read.** The exercise uses $n$ both as the number of terms and as the dimension. It is solved as
printed, and with $m$ terms.
""".strip(),
    "notes exercise 29": r"""
**How it is read.** Four functions are to be matched with four gradients. One of these is right for symmetric
$X$ alone: the gradient of $\ln\det X$ is $X^{-\top}$, and (a) lacks the transpose. The tables show every pair.
""".strip(),
}
