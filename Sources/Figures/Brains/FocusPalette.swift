import Foundation

/// Colours of groups of foci.
///
/// Up to eight are those of Okabe & Ito (2008), told apart with every common colour deficiency; with more, studies share
/// colours and their marks differ in being filled or open, then repeat.
enum FocusPalette {
    private static let colours: [Drawing.Colour] = [
        [0.00, 0.45, 0.70], [0.84, 0.37, 0.00], [0.00, 0.62, 0.45], [0.80, 0.47, 0.65], [0.90, 0.62, 0.00],
        [0.34, 0.71, 0.91], [0.35, 0.35, 0.35], [0.75, 0.70, 0.10],
    ]

    static func paint(_ n: Int, of count: Int, theme: FigureTheme) -> Drawing.Paint {
        let colour = colours[n % colours.count]
        let isOpen = (n / colours.count) % 2 == 1
        var paint = Drawing.Paint(fill: isOpen ? nil : colour, stroke: colour, strokeWidth: 0.8)
        paint.fillOpacity = 0.75
        return paint
    }
}
