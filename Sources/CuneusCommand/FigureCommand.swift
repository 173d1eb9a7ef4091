import ArgumentParser
import Cuneus
import Foundation

struct FigureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figure",
        abstract: "Draw a figure of a finished run, for a paper or a slide.",
        discussion: """
            RUN is the folder that cuneus run wrote. Kinds of figures:
              slices         three slices through the peak of each cluster, of --cluster, or
                             through --at
              mosaic         many slices through the whole brain
              glass          seen through the brain from the side, from behind, from above
              surface        on the inflated cortex (fsaverage5), both hemispheres, lateral
                             and medial
              peaks          all peaks that entered, coloured by experiment
              coverage       how many experiments gave a statistic (method effects)
              forest, funnel, bubble, contributions, jackknife,
              baujat, orchard, cumulative
                             plots of a finding, of the strongest or of --cluster
            Shown is what survives the correction; where nothing does, exploratory clusters, or the whole map; the figure's
            description says which. --map shows another map of the run, whole.

            Examples:
              cuneus figure results --kind glass
              cuneus figure results --kind slices --cluster 1 --format pdf --width 85mm
              cuneus figure results --kind forest --cluster 2 --out figure2.svg
              cuneus figure results --kind surface --map g \\
                --format png --dpi 600 --theme dark
            """)

    @Argument(help: ArgumentHelp("Folder of a finished run.", valueName: "run"), completion: .directory) var folder:
        String
    @Option(help: "What to draw; see above.") var kind: String
    @Option(help: "Model of the run (default: the first).") var model: String?
    @Option(help: "Method, where the model was run by several.") var method: String?
    @Option(help: "Map of the run, such as g, tau2 or fmi.") var map: String?
    @Option(help: "Number in clusters_corr-FWE.tsv where something survived, else in clusters.tsv.") var cluster: Int?
    @Option(help: ArgumentHelp("Slices through this place, MNI mm.", valueName: "x,y,z")) var at: String?
    @Option(help: "svg, pdf or png (default: of --out, else svg).") var format: String?
    @Option(help: "Resolution of png, and of brains in the others.") var dpi = 300.0
    @Option(help: "Width on paper: 85mm for one column, 170mm for two.") var width = "170mm"
    @Option(help: "light or dark.") var theme = "light"
    @Option(help: "Left of brains is on the left (neurological) or on the right (radiological).") var lr =
        "neurological"
    @Option(help: ArgumentHelp("File to write (default: in RUN/figures).", valueName: "file")) var out: String?

    func run() throws {
        let archive = try RunArchive(folder)
        let model = try archive.model(self.model)
        var request = FigureRequest(kind: kind)
        request.model = model.name
        request.method = method
        request.map = map
        request.cluster = cluster
        request.at = try at.map(Self.place)
        request.theme = try Self.choice(FigureTheme.self, theme, "--theme")
        request.side = try Self.choice(DisplaySide.self, lr, "--lr")
        request.width = try Self.millimetres(width)
        guard dpi >= 30, dpi <= 2400 else { throw InputError("--dpi \(dpi): 30 to 2400 is needed.") }
        request.dotsPerInch = dpi
        let ending = out.map { URL(fileURLWithPath: $0).pathExtension.lowercased() } ?? ""
        let format = try Self.choice(
            FigureFile.Format.self, self.format ?? (ending.isEmpty ? "svg" : ending), "--format")
        let pixels = Int((request.width / 25.4 * dpi).rounded())
        // Several bytes a pixel are held at once: beyond this a machine's memory may not do.
        guard format != .png || pixels <= 20_000 else {
            throw InputError(
                "--width \(width) at --dpi \(dpi) makes a picture of \(pixels) pixels across; 20,000 can be drawn.",
                remedy: "Lower one of them, or take svg or pdf.")
        }

        let drawing = try RunFigures(archive, template: try Templates.load(.t1)).draw(request)
        if format == .png { try Self.check(drawing, width: request.width, dpi: dpi) }
        let file = FigureFile(
            drawing, millimetres: request.width, dotsPerInch: dpi, software: "Cuneus \(CuneusVersion.text)")
        let name = "\(model.folder)_\(kind)\(cluster.map { "_cluster-\($0)" } ?? "").\(format.rawValue)"
        let path = out ?? "\(folder)/figures/\(name)"
        if out == nil {
            try FileManager.default.createDirectory(atPath: "\(folder)/figures", withIntermediateDirectories: true)
        }
        try AtomicFile.write(try file.bytes(format), to: path)
        try StandardOutput.print(path)
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type, _ text: String, _ option: String
    ) throws(InputError) -> Choice where Choice.RawValue == String {
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw InputError("\(option) \(text): there are \(names).")
    }

    private static func millimetres(_ text: String) throws(InputError) -> Double {
        let digits = text.hasSuffix("mm") ? String(text.dropLast(2)) : text
        guard let value = Double(digits), (20...1000).contains(value) else {
            throw InputError("--width \(text): 20mm to 1000mm is needed.")
        }
        return value
    }

    /// Pixels that a picture may have: 16 bytes of memory each while it is painted, and half as many again while it is written.
    private static let mostPixels = 1e8

    private static func check(_ drawing: Drawing, width: Double, dpi: Double) throws(InputError) {
        let wide = width / 25.4 * dpi
        let pixels = wide * wide * drawing.height / drawing.width
        guard pixels > mostPixels else { return }
        throw InputError(
            "--width \(Int(width))mm at --dpi \(Int(dpi)) is a picture of \(Int(pixels / 1e6)) million pixels; at most "
                + "\(Int(mostPixels / 1e6)) million are painted.",
            remedy: "Give a smaller --dpi, or --format pdf or svg, which need none.")
    }

    private static func place(_ text: String) throws(InputError) -> SIMD3<Double> {
        let parts = text.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
        guard parts.count == 3, parts.allSatisfy({ abs($0) <= 150 }) else {
            throw InputError("--at \(text): three coordinates in MNI mm are needed, such as --at=-42,20,8.")
        }
        return SIMD3(parts[0], parts[1], parts[2])
    }
}
