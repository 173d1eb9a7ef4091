import Evidence
package import Figures
import Foundation
package import Imaging
package import Inference
import Synchronization

extension ResultFolder {
    /// Writes every figure of the run into `figures/`, each as SVG, PDF and PNG where PNG is asked for.
    ///
    /// Kinds that the run has nothing for, as slices where nothing was found, are left out.
    ///
    /// - Parameter workers: draw one figure each; the files are the same for any number.
    /// - Returns: paths relative to the folder.
    package func writeFigures(
        template: Volume?, formats: [FigureFile.Format], workers: Workers
    ) async throws -> [String] {
        let figures = RunFigures(try RunArchive(path), template: template)
        var base = FigureRequest(kind: "")
        base.width = 170
        try Self.makeFolder("\(path)/\(Self.figuresName)")
        let requests = figures.all(base)
        let written = Mutex([[String]](repeating: [], count: requests.count))
        try await workers.forEach(requests.count) { n in
            let (name, request) = requests[n]
            let drawing: Drawing
            do {
                drawing = try figures.draw(request)
            } catch is InputError {
                return
            }
            let file = FigureFile(
                drawing, millimetres: request.width, dotsPerInch: request.dotsPerInch,
                software: "Cuneus \(CuneusVersion.text)")
            let places = formats.map { "\(Self.figuresName)/\(name).\($0.rawValue)" }
            for (format, place) in zip(formats, places) { try write(content: try file.bytes(format), to: place) }
            written.withLock { $0[n] = places }
        }
        return written.withLock { $0.flatMap(\.self) }
    }
}
