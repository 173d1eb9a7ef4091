extension Int {
    /// The whole part of a number, or the nearest that there is: the ends of the range beyond them, 0 for NaN.
    ///
    /// `Int(value)` ends the process where a value is not finite or too large, and values come from files and command lines.
    /// Where only a part of the range makes sense, that is checked first, and `Int(value)` may stand.
    package init(saturating value: Double) {
        self = Int(exactly: value.rounded(.towardZero)) ?? (value.isNaN ? 0 : value < 0 ? .min : .max)
    }
}
