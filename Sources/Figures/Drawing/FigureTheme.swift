/// Colours of a figure that stands by itself: for paper and light slides, or for dark ones.
package enum FigureTheme: String, Hashable, Sendable, CaseIterable {
    case light, dark

    package var ink: Drawing.Colour { self == .light ? [0.11, 0.125, 0.14] : [0.9, 0.91, 0.92] }
    package var soft: Drawing.Colour { self == .light ? [0.35, 0.39, 0.44] : [0.64, 0.68, 0.72] }
    package var paper: Drawing.Colour { self == .light ? [1, 1, 1] : [0.08, 0.09, 0.1] }
}
