"""Rows of the result: medians of several runs, their spread, and what was to be reached."""

import statistics


class Figures(list):
    """The same measure, taken several times."""

    @property
    def median(self):
        return statistics.median(self)

    def text(self, unit=''):
        def short(value):
            return f'{value:,.0f}' if abs(value) >= 100 else f'{value:.2f}' if abs(value) < 10 else f'{value:.1f}'
        spread = f' ({short(min(self))}–{short(max(self))})' if len(self) > 1 else ''
        return f'{short(self.median)}{unit}{spread}'


def figures(samples, key):
    return Figures(sample[key] for sample in samples)


class Table:
    def __init__(self, of='names'):
        self.of = of
        self.rows = []
        self.missed = []

    def add(self, measure, names, ours, beside='', ratio=None, target='', reached=None):
        """`reached` says whether the target is; None where there is none."""
        verdict = '' if reached is None else 'yes' if reached else '**no**'
        if reached is False:
            self.missed.append(f'{measure} ({names})' if names else measure)
        self.rows.append((measure, names, ours, beside, '' if ratio is None else f'{ratio:.2f}', target, verdict))

    def markdown(self):
        header = ('measure', self.of, 'Winsome', 'beside it', 'ratio', 'target', 'reached')
        lines = ['| ' + ' | '.join(row) + ' |' for row in [header, ('---',) * len(header), *self.rows]]
        return '\n'.join(lines)
