/** How a language writes numbers, shares, dates and counted things. */
export interface Formats {
  readonly number: Intl.NumberFormat;
  readonly percentage: Intl.NumberFormat;
  readonly date: Intl.DateTimeFormat;
  readonly moment: Intl.DateTimeFormat;
  /** A number with its noun, in the form that the language's plural rules ask for. */
  counted(value: number, forms: { readonly one?: string; readonly other: string }): string;
}

/** @param locale a BCP 47 language tag */
export function formatsOf(locale: string): Formats {
  const number = new Intl.NumberFormat(locale);
  const plural = new Intl.PluralRules(locale);
  return {
    number,
    percentage: new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }),
    date: new Intl.DateTimeFormat(locale, { dateStyle: 'medium' }),
    moment: new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }),
    counted: (value, forms) =>
      `${number.format(value)} ${plural.select(value) === 'one' ? (forms.one ?? forms.other) : forms.other}`,
  };
}
