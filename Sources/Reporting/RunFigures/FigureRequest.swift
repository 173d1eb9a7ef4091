import Evidence
package import Figures

/// What `cuneus figure` is asked for.
package struct FigureRequest: Sendable {
    /// Figures of brains; other kinds are the plots that the run kept.
    package enum BrainKind: String, Hashable, Sendable, CaseIterable {
        /// Three slices through each peak.
        case slices
        /// Many slices of the whole brain.
        case mosaic
        case glass, surface
        /// The peaks that entered.
        case peaks
        /// How many experiments gave a statistic.
        case coverage
    }

    package var kind: String
    package var model: String?
    package var method: String?
    package var map: String?
    package var cluster: Int?
    package var at: SIMD3<Double>?
    package var theme = FigureTheme.light
    package var side = DisplaySide.neurological
    /// mm of paper.
    package var width = 170.0
    package var dotsPerInch = 300.0

    package init(kind: String) { self.kind = kind }

    /// mm of the brain (or units of a drawing) that letters of 7 points take up when so many fill the width.
    func letters(filling units: Double) -> Double { 7 * 25.4 / 72 * units / width }

    /// Pixels of a picture per mm of the brain, so that print has as many as it can show.
    func pixels(filling units: Double) -> Double {
        min(max(width / 25.4 * dotsPerInch / units, 1.5), 8)
    }
}
