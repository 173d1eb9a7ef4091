import Foundation

/// A drawing as a file for print or screen.
package struct FigureFile {
    package enum Format: String, Hashable, Sendable, CaseIterable {
        case svg, pdf, png
    }

    package var drawing: Drawing
    /// Of the figure on paper, in mm.
    package var millimetres: Double
    /// Of PNG; the others have none of their own.
    package var dotsPerInch: Double
    package var software: String

    package init(_ drawing: Drawing, millimetres: Double = 170, dotsPerInch: Double = 300, software: String) {
        self.drawing = drawing
        self.millimetres = millimetres
        self.dotsPerInch = dotsPerInch
        self.software = software
    }

    /// - Throws: ``FigureResources/Missing`` where the letters that PDF and PNG need are not installed.
    package func bytes(_ format: Format) throws(FigureResources.Missing) -> [UInt8] {
        switch format {
        case .svg: return Array(SVGWriter(drawing, millimetres: millimetres).text.utf8)
        case .pdf:
            return PDFWriter(drawing, millimetres: millimetres, lettering: try Lettering()).bytes(software: software)
        case .png:
            let width = Int((millimetres / 25.4 * dotsPerInch).rounded())
            let image = Rasteriser(drawing, pixelsWide: width, lettering: try Lettering()).image
            return PNG.encode(
                image, dotsPerInch: dotsPerInch,
                texts: [("Software", software), ("Description", drawing.description)])
        }
    }
}
