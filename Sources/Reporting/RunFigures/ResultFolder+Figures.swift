import Evidence
package import Figures
import Foundation
package import Imaging

extension ResultFolder {
    /// Writes every figure of the run into `figures/`, each as SVG, PDF and PNG where PNG is asked for.
    ///
    /// Kinds that the run has nothing for, as slices where nothing was found, are left out.
    ///
    /// - Returns: paths relative to the folder.
    package func writeFigures(template: Volume?, formats: [FigureFile.Format]) throws -> [String] {
        let figures = RunFigures(try RunArchive(path), template: template)
        var base = FigureRequest(kind: "")
        base.width = 170
        var written: [String] = []
        try Self.makeFolder("\(path)/\(Self.figuresName)")
        for (name, request) in figures.all(base) {
            try Task.checkCancellation()
            let drawing: Drawing
            do {
                drawing = try figures.draw(request)
            } catch is InputError {
                continue
            }
            let file = FigureFile(
                drawing, millimetres: request.width, dotsPerInch: request.dotsPerInch,
                software: "Cuneus \(CuneusVersion.text)")
            for format in formats {
                let place = "\(Self.figuresName)/\(name).\(format.rawValue)"
                try write(content: try file.bytes(format), to: place)
                written.append(place)
            }
        }
        return written
    }
}
