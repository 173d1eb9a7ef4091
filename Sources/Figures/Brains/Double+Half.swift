extension Double {
    /// The half or whole number that is not below: where a scale of z ends.
    package var upToHalf: Double { (self * 2).rounded(.up) / 2 }
}
