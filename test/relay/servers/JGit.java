import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.ee10.servlet.*;
import org.eclipse.jgit.http.server.GitServlet;
import org.eclipse.jgit.transport.resolver.FileResolver;
import org.eclipse.jgit.transport.*;
import java.io.File;

public class JGit {
  public static void main(String[] a) throws Exception {
    Server s = new Server(new java.net.InetSocketAddress("127.0.0.1", Integer.parseInt(a[0])));
    ServletContextHandler h = new ServletContextHandler();
    h.setContextPath("/");
    GitServlet g = new GitServlet();
    g.setRepositoryResolver(new FileResolver<>(new File(a[1]), true));
    g.setReceivePackFactory((req, db) -> { ReceivePack r = new ReceivePack(db); r.setAllowDeletes(true); return r; });
    h.addServlet(new ServletHolder(g), "/*");
    s.setHandler(h);
    s.start(); System.out.println("up"); s.join();
  }
}
