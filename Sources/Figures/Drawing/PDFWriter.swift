import Foundation
import Imaging

/// A drawing as a PDF file of one page (ISO 32000-1, version 1.4): lines stay lines, text stays text in the standard fonts
/// Helvetica and Symbol, pictures are compressed without loss.
package struct PDFWriter {
    let drawing: Drawing
    /// Of the whole figure, in mm.
    let millimetres: Double
    let lettering: Lettering

    package init(_ drawing: Drawing, millimetres: Double, lettering: Lettering) {
        self.drawing = drawing
        self.millimetres = millimetres
        self.lettering = lettering
    }

    package func bytes(software: String) -> [UInt8] {
        let scale = millimetres * 72 / 25.4 / drawing.width
        let size = Drawing.Point(drawing.width, drawing.height) * scale
        var page = PDFPage(lettering: lettering)
        page.say("\(PDFPage.number(scale)) 0 0 \(PDFPage.number(-scale)) 0 \(PDFPage.number(size.y)) cm")
        page.rectangle(drawing.width, drawing.height, colour: drawing.paper)
        for element in drawing.elements { page.draw(element) }

        // 1 catalogue, 2 pages, 3 page, 4 content, 5 to 7 fonts, 8 information, then states and pictures.
        let states = page.opacities.enumerated().map { n, opacity in
            "/S\(n) << /Type /ExtGState /ca \(PDFPage.number(opacity)) /CA \(PDFPage.number(opacity)) >>"
        }
        let pictures = page.images.indices.map { "/I\($0) \(9 + 2 * $0) 0 R" }
        let resources =
            "<< /Font << /F0 5 0 R /F1 6 0 R /F2 7 0 R >> /ExtGState << \(states.joined(separator: " ")) >> "
            + "/XObject << \(pictures.joined(separator: " ")) >> >>"
        let box = "[0 0 \(PDFPage.number(size.x)) \(PDFPage.number(size.y))]"
        var file = PDFFile()
        file.add("<< /Type /Catalog /Pages 2 0 R >>")
        file.add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        file.add("<< /Type /Page /Parent 2 0 R /MediaBox \(box) /Resources \(resources) /Contents 4 0 R >>")
        file.add(stream: Array(page.content.utf8), "")
        file.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
        file.add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>")
        file.add("<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>")
        file.add("<< /Title \(PDFFile.string(drawing.description)) /Producer \(PDFFile.string(software)) >>")
        for (n, image) in page.images.enumerated() {
            let kind =
                "/Type /XObject /Subtype /Image /Width \(image.width) /Height \(image.height) /BitsPerComponent 8 "
            let (colour, opacity) = Self.planes(image)
            file.add(stream: colour, kind + "/ColorSpace /DeviceRGB /SMask \(10 + 2 * n) 0 R ")
            file.add(stream: opacity, kind + "/ColorSpace /DeviceGray ")
        }
        return file.finished(root: 1, information: 8)
    }

    private static func planes(_ image: RasterImage) -> (colour: [UInt8], opacity: [UInt8]) {
        var colour: [UInt8] = []
        var opacity: [UInt8] = []
        colour.reserveCapacity(3 * image.width * image.height)
        for n in stride(from: 0, to: image.pixels.count, by: 4) {
            colour.append(contentsOf: image.pixels[n..<n + 3])
            opacity.append(image.pixels[n + 3])
        }
        return (colour, opacity)
    }
}
